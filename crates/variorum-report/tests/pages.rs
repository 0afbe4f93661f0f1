#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod support;
#[test]
fn see() {
    std::fs::write("/tmp/fixture.html", variorum_report::report(&support::dossier())).unwrap();
    std::fs::write("/tmp/fixture.md", variorum_report::brief(&support::dossier())).unwrap();
    std::fs::write(
        "/tmp/fixture.txt",
        variorum_report::answers(&support::dossier().answers, variorum_report::Style::Plain),
    )
    .unwrap();
}
