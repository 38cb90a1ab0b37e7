//! Texts that do harm where a renderer takes them for markup, control or direction.

/// Texts that have done harm elsewhere.
pub const HOSTILE: [&str; 23] = [
    "<script>globalThis.harmed = true</script>",
    "</style><script>globalThis.harmed = true</script><style>",
    "</code></dd></dl><img src=x onerror=\"globalThis.harmed = true\">",
    "\"><svg onload='globalThis.harmed = true'>",
    "' onmouseover='globalThis.harmed = true",
    "<a href=\"javascript:globalThis.harmed = true\">x</a>",
    "<meta http-equiv=refresh content='0;url=http://127.0.0.1:9/'>",
    "<base href=http://127.0.0.1:9/><link rel=stylesheet href=x.css><iframe src=x></iframe>",
    "<!-- --!> <![CDATA[ ]]> <?php ?> &lt;b&gt; &#x3c;b&#x3e; &amp",
    "]]></system-out><failure/><testcase name='x'/>",
    "[x](http://127.0.0.1:9/) ![x](http://127.0.0.1:9/p.png) <http://127.0.0.1:9/>",
    "https://example.org/ www.example.org someone@example.org @someone #1 mailto:a@example.org",
    "`` ` ``` ~~~ ` \\` \\",
    "a|b \\| c \\\\| d",
    "x\n\n# heading\n\n- [ ] task\n\n| a | b |\n|---|---|\n",
    "x\r\n    indented\r\n> quote\r\n1. one\u{b}\u{c}\u{85}",
    "**bold** _em_ ~~gone~~ $x^2$ $$y$$ [^1] :smile: <details> {{ 7 * 7 }} {% raw %}",
    "\u{1b}[31mred\u{1b}]8;;http://127.0.0.1:9/\u{7}link\u{1b}]8;;\u{7} \u{9b}2J \u{8}\u{7f}",
    "\u{202e}txt.exe \u{2066}a\u{2069} \u{200f}b \u{61c}c \u{feff}\u{200b}\u{2060}\u{ad}",
    "\u{0}\u{1}\u{fffe}\u{ffff}\u{e0001}\u{e0041}\u{2028}\u{2029}",
    "::error file=x::annotation\n::set-output name=x::y\n##[command]x",
    " )",
    "",
];
