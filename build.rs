//! Rebuilds when a catalogue file comes or goes: the embedding macro sees only files that it knows.

fn main() {
    for folder in ["profiles", "testcases"] {
        // Cargo reads this line; it is no output of the program.
        #[expect(
            clippy::print_stdout,
            reason = "the language in which build scripts speak to cargo"
        )]
        {
            println!("cargo:rerun-if-changed={folder}");
        }
    }
}
