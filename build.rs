//! Rebuilds when a catalogue file comes or goes: the embedding macro sees only files that it knows.

fn main() {
    for folder in ["profiles", "testcases"] {
        println!("cargo:rerun-if-changed={folder}");
    }
}
