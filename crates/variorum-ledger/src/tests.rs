//! Nothing that was recorded is lost: two at once, a process killed at many points, no room, other people's files.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test fails by panicking")]

use super::*;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use variorum::history::{EntryAnswer, EntryQuestion};

/// A run whose answers can be told from those of others.
fn entry(mark: u64) -> Entry {
    #[expect(clippy::cast_precision_loss, reason = "small")]
    let value = mark as f64 / 1000.0;
    let figures = |value: f64| Figures {
        kind: "probability".to_owned(),
        value: Some(value),
        interval: (mark.is_multiple_of(2)).then_some([0.0, 1.0]),
        error: Some(0.25),
        word: "unlikely".to_owned(),
    };
    let answer = |reading: &str| EntryAnswer {
        reading: reading.to_owned(),
        draws: 1250,
        figures: figures(value),
        after: (mark % 3 == 1).then(|| figures(value / 2.0)),
        // Some pages each, so that a run does not fit into one.
        document: format!("{{\"mark\":{mark},\"curve\":\"{}\"}}", "0.123456789,".repeat(1500)),
    };
    let question = |name: &str| EntryQuestion {
        name: name.to_owned(),
        text: format!("the question {name}"),
        document: "{}".to_owned(),
        answers: vec![answer("ash"), answer("birch")],
    };
    Entry {
        circumstances: Circumstances {
            recorded: "2025-03-01T09:30:00Z".to_owned(),
            version: "0.1.0".to_owned(),
            model: "m.vor".to_owned(),
            as_of: (mark == 3).then(|| "2025-02-01".to_owned()),
            observed_to: None,
        },
        title: "Small".to_owned(),
        fingerprint: format!("{mark:016x}"),
        seed: u64::MAX - mark,
        per_draw: 16,
        complete: true,
        scenario: None,
        questions: vec![question("q"), question("r")],
    }
}

/// Every run is there wholly: the marks that were recorded, in order.
fn whole(path: &Path) -> Vec<u64> {
    let mut ledger = Ledger::to_read(path).unwrap();
    let check: String = ledger.connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(check, "ok");
    let stray: i64 =
        ledger.connection.query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get(0)).unwrap();
    assert_eq!(stray, 0);
    let (first, second) = (ledger.history("q").unwrap(), ledger.history("r").unwrap());
    let runs: i64 = ledger.connection.query_row("SELECT count(*) FROM run", [], |row| row.get(0)).unwrap();
    assert_eq!((first.len(), second.len()), (usize::try_from(runs).unwrap(), first.len()), "half a run");
    let mut marks = Vec::new();
    for (kept, other) in first.iter().zip(&second) {
        let mark = u64::MAX - kept.seed;
        let wanted = entry(mark);
        assert_eq!((kept.run, &kept.answers), (other.run, &other.answers));
        assert_eq!((&kept.circumstances, &kept.fingerprint), (&wanted.circumstances, &wanted.fingerprint));
        let answers: Vec<KeptAnswer> = wanted.questions[0]
            .answers
            .iter()
            .map(|answer| KeptAnswer {
                reading: answer.reading.clone(),
                draws: answer.draws,
                figures: answer.figures.clone(),
                after: answer.after.clone(),
            })
            .collect();
        assert_eq!(kept.answers, answers);
        let documents: i64 = ledger
            .connection
            .query_row(
                "SELECT count(*) FROM answer WHERE run = ?1 AND document = ?2",
                params![kept.run, wanted.questions[0].answers[0].document],
                |row| row.get(0),
            )
            .unwrap();
        assert_eq!(documents, 4);
        marks.push(mark);
    }
    marks
}

fn place() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("variorum.ledger");
    (folder, path)
}

/// Nothing but the ledger is left in its folder.
fn alone(folder: &tempfile::TempDir) -> bool {
    let names = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
    names.collect::<Vec<_>>() == ["variorum.ledger"]
}

#[test]
fn what_is_recorded_is_read_back() {
    let (folder, path) = place();
    assert_eq!(Ledger::to_read(&path).unwrap_err(), LedgerError::NotThere);
    assert!(!path.exists(), "looking made a file");
    for mark in 0..5 {
        let mut ledger = Ledger::to_record(&path).unwrap();
        assert_eq!(ledger.record(&entry(mark)).unwrap(), i64::try_from(mark).unwrap() + 1);
    }
    assert_eq!(whole(&path), [0, 1, 2, 3, 4]);
    let mut ledger = Ledger::to_read(&path).unwrap();
    assert_eq!(ledger.questions().unwrap(), ["q", "r"]);
    assert_eq!(ledger.history("nothing").unwrap(), []);
    drop(ledger);
    assert!(alone(&folder));
}

/// What children do: `TASK` says what, `LEDGER` where. They say on standard output what they have recorded.
#[test]
#[ignore = "a process that other tests start"]
fn child() {
    let Ok(task) = std::env::var("TASK") else { return };
    let numbers: Vec<u64> = task.split(' ').map(|part| part.parse().unwrap()).collect();
    let &[from, to, kill] = numbers.as_slice() else { panic!("{task}") };
    let path = PathBuf::from(std::env::var("LEDGER").unwrap());
    for mark in from..to {
        let mut ledger = Ledger::to_record(&path).unwrap();
        if kill > 0 {
            // After so many instructions of SQLite's machine the process is gone, with all it has not yet written.
            let mut left = kill;
            let count = move || {
                left -= 1;
                if left == 0 {
                    std::process::abort();
                }
                false
            };
            ledger.connection.progress_handler(1, Some(count)).unwrap();
        }
        match ledger.record(&entry(mark)) {
            Ok(_) => println!("\nrecorded {mark}"),
            Err(error) => println!("\nfailed {error:?}"),
        }
    }
}

/// A child that records marks; `limit` are words of a shell before it.
fn begin(path: &Path, from: u64, to: u64, kill: u64, limit: &str) -> Child {
    let program = std::env::current_exe().unwrap();
    let words = ["--exact", "tests::child", "--ignored", "--nocapture", "--test-threads", "1"];
    let mut command = if limit.is_empty() {
        Command::new(program)
    } else {
        let mut shell = Command::new("bash");
        shell.args(["-c", &format!("{limit}; exec \"$0\" \"$@\"")]).arg(program);
        shell
    };
    command
        .args(words)
        .env("TASK", format!("{from} {to} {kill}"))
        .env("LEDGER", path)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// What a child said it recorded, and whether it came to its end.
fn told(mut child: Child) -> (Vec<u64>, Vec<String>, bool) {
    let (mut recorded, mut failed) = (Vec::new(), Vec::new());
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        if let Some(mark) = line.strip_prefix("recorded ") {
            recorded.push(mark.parse().unwrap());
        }
        if let Some(why) = line.strip_prefix("failed ") {
            failed.push(why.to_owned());
        }
    }
    (recorded, failed, child.wait().unwrap().success())
}

#[test]
fn several_processes_at_once() {
    // Not even made yet when all of them begin.
    let (folder, path) = place();
    let children: Vec<Child> = (0..4).map(|k| begin(&path, 100 * k, 100 * k + 12, 0, "")).collect();
    let mut all = Vec::new();
    for child in children {
        let (recorded, failed, ended) = told(child);
        assert!(ended && failed.is_empty() && recorded.len() == 12, "{recorded:?} {failed:?}");
        all.extend(recorded);
    }
    let mut found = whole(&path);
    // Each process's own stay in order.
    for k in 0..4 {
        let own: Vec<u64> = found.iter().copied().filter(|mark| mark / 100 == k).collect();
        assert!(own.is_sorted());
    }
    found.sort_unstable();
    assert_eq!(found, all);
    assert!(alone(&folder));
}

/// Killed after any number of instructions, a run is there wholly or not at all, and earlier ones are there.
#[test]
fn killed_at_any_instruction() {
    let (mut killed, mut ended) = (0, 0);
    for kill in (1..12).chain((15..1000).step_by(61)) {
        let (_folder, path) = place();
        Ledger::to_record(&path).unwrap().record(&entry(1)).unwrap();
        let (recorded, failed, done) = told(begin(&path, 2, 3, kill, ""));
        assert!(failed.is_empty());
        if done {
            ended += 1;
            assert_eq!(recorded, [2]);
            assert_eq!(whole(&path), [1, 2]);
        } else {
            killed += 1;
            assert!(recorded.is_empty());
            assert_eq!(whole(&path), [1], "killed at {kill}");
        }
        // And one can go on.
        Ledger::to_record(&path).unwrap().record(&entry(5)).unwrap();
        assert_eq!(whole(&path).last(), Some(&5));
    }
    assert!(killed >= 12 && ended >= 1, "{killed} killed, {ended} ended");
}

/// Killed while pages are being written, by a limit to the size of files that is reached in the middle of a commit.
#[cfg(target_os = "linux")]
#[test]
fn killed_in_the_middle_of_writing() {
    if Command::new("bash").arg("-c").arg("true").status().is_err() {
        println!("SKIPPED: no bash");
        return;
    }
    let mut killed = 0;
    // Form and first run are some 130 kB, each further run some 75 kB.
    for kilobytes in [1, 4, 8, 40, 100, 128, 140, 150, 160, 200, 230, 260, 300] {
        let (_folder, path) = place();
        Ledger::to_record(&path).unwrap().record(&entry(1)).unwrap();
        let (recorded, _, ended) = told(begin(&path, 2, 5, 0, &format!("ulimit -f {kilobytes}")));
        killed += u32::from(!ended);
        // What was said to be recorded is there; what was not said may be there, but only wholly.
        let found = whole(&path);
        let mut wanted = vec![1];
        wanted.extend(&recorded);
        assert!(found.starts_with(&wanted) && found.len() <= wanted.len() + 1, "{kilobytes}: {found:?} {recorded:?}");
    }
    assert!(killed >= 5, "only {killed} were killed");
}

/// Killed at any time from without.
#[cfg(unix)]
#[test]
fn killed_at_any_time() {
    let (_folder, path) = place();
    Ledger::to_record(&path).unwrap().record(&entry(1)).unwrap();
    let mut wanted = vec![1];
    for round in 0..12_u64 {
        let from = 100 * (round + 1);
        let mut child = begin(&path, from, from + 90, 0, "");
        std::thread::sleep(Duration::from_millis(15 + 11 * round));
        child.kill().unwrap();
        let (recorded, failed, _) = told(child);
        assert!(failed.is_empty());
        let found = whole(&path);
        wanted.extend(&recorded);
        if found.len() == wanted.len() + 1 {
            // The last one was committed, and not yet said.
            wanted.push(recorded.last().map_or(from, |last| last + 1));
        }
        assert_eq!(found, wanted);
    }
}

/// At each system call with which a commit writes, syncs or deletes: killed there, or told that the disk is full.
#[cfg(target_os = "linux")]
#[test]
fn killed_or_out_of_room_at_any_system_call() {
    let traced = |call: &str, what: &str, place: u32| {
        // The child is traced in place of its shell, so that it is the one that is killed.
        let inject = format!("{call}:{what}:when={place}");
        format!(
            "set -- -qq -f -o /dev/null -e trace={call} -e inject={inject} \"$0\" \"$@\"; set -- strace \"$@\"; \
                 exec \"$@\""
        )
    };
    let works = Command::new("strace").args(["-qq", "-o", "/dev/null", "true"]).status();
    if !works.is_ok_and(|status| status.success()) {
        println!("SKIPPED: no strace, or no leave to use it");
        return;
    }
    let (mut killed, mut full) = (0, 0);
    let places = (1..56).step_by(6).map(|place| ("pwrite64", place));
    let syncs = ["fdatasync", "fsync", "unlink"].into_iter().flat_map(|call| [(call, 1), (call, 2), (call, 3)]);
    for (call, place) in places.chain(syncs) {
        for what in ["signal=KILL", "error=ENOSPC"] {
            let (_folder, path) = self::place();
            Ledger::to_record(&path).unwrap().record(&entry(1)).unwrap();
            let (recorded, failed, ended) = told(begin(&path, 2, 3, 0, &traced(call, what, place)));
            let found = whole(&path);
            killed += u32::from(!ended);
            full += u32::from(failed == ["Full"]);
            match (recorded.as_slice(), ended) {
                ([2], _) => assert_eq!(found, [1, 2], "{call} {what} {place}"),
                // Killed after the journal was deleted, and before it was said.
                (_, false) => assert!(found == [1] || found == [1, 2], "{call} {what} {place}: {found:?}"),
                _ => assert_eq!(found, [1], "{call} {what} {place}: {failed:?}"),
            }
            Ledger::to_record(&path).unwrap().record(&entry(7)).unwrap();
            assert_eq!(whole(&path).last(), Some(&7));
        }
    }
    assert!(killed >= 10 && full >= 5, "{killed} killed, {full} out of room");
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_may_not_grow() {
    let (_folder, path) = place();
    Ledger::to_record(&path).unwrap().record(&entry(1)).unwrap();
    let size = std::fs::metadata(&path).unwrap().len() / 1024;
    let (recorded, failed, ended) = told(begin(&path, 2, 4, 0, &format!("trap '' XFSZ; ulimit -f {}", size + 20)));
    assert!(ended && recorded.is_empty() && failed.len() == 2, "{recorded:?} {failed:?}");
    assert!(failed.iter().all(|why| why.starts_with("Io(")), "{failed:?}");
    assert_eq!(whole(&path), [1]);
}

#[test]
fn no_room() {
    let (folder, path) = place();
    let mut ledger = Ledger::to_record(&path).unwrap();
    ledger.record(&entry(1)).unwrap();
    let pages: i64 = ledger.connection.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
    for more in [0, 1, 5, 15] {
        ledger.connection.pragma_update(None, "max_page_count", pages + more).unwrap();
        assert_eq!(ledger.record(&entry(2)).unwrap_err(), LedgerError::Full);
        assert_eq!(whole(&path), [1]);
    }
    ledger.connection.pragma_update(None, "max_page_count", pages + 1000).unwrap();
    ledger.record(&entry(3)).unwrap();
    drop(ledger);
    assert_eq!(whole(&path), [1, 3]);
    assert!(alone(&folder));
}

#[test]
fn other_files_are_left_alone() {
    let (folder, path) = place();
    let both = |path: &Path| (Ledger::to_record(path).unwrap_err(), Ledger::to_read(path).unwrap_err());
    std::fs::write(&path, "x").unwrap();
    assert_eq!(both(&path), (LedgerError::NoLedger, LedgerError::NotThere));
    for text in ["xy", "model \"Small\"\n", &"a line of some text\n".repeat(1000)] {
        std::fs::write(&path, text).unwrap();
        assert_eq!(both(&path), (LedgerError::NoLedger, LedgerError::NoLedger));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    }
    std::fs::remove_file(&path).unwrap();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("CREATE TABLE run (id INTEGER)").unwrap();
    drop(other);
    let before = std::fs::read(&path).unwrap();
    assert_eq!(both(&path), (LedgerError::NoLedger, LedgerError::NoLedger));
    assert_eq!(std::fs::read(&path).unwrap(), before);
    assert_eq!(both(folder.path()).0, LedgerError::Folder);
    assert_eq!(Ledger::to_record(&folder.path().join("no/where")).unwrap_err(), LedgerError::NoFolder);
    // Nobody, not even root, makes files there.
    #[cfg(target_os = "linux")]
    if Path::new("/sys/kernel").is_dir() {
        assert_eq!(Ledger::to_record(Path::new("/sys/kernel/variorum.ledger")).unwrap_err(), LedgerError::NotAllowed);
    }
    // An empty file is what a process leaves that is killed before its first commit.
    std::fs::write(&path, "").unwrap();
    assert_eq!(Ledger::to_read(&path).unwrap_err(), LedgerError::NotThere);
    Ledger::to_record(&path).unwrap().record(&entry(1)).unwrap();
    assert_eq!(whole(&path), [1]);
}

#[test]
fn a_damaged_ledger_is_said_to_be() {
    let (_folder, path) = place();
    Ledger::to_record(&path).unwrap().record(&entry(1)).unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    let size = bytes.len();
    bytes[4096..size].fill(0x5a);
    std::fs::write(&path, bytes).unwrap();
    let found = Ledger::to_read(&path).and_then(|mut ledger| ledger.history("q"));
    assert!(matches!(found, Err(LedgerError::Damaged(_))), "{found:?}");
}

#[test]
fn forms_are_brought_forward() {
    let (_folder, path) = place();
    let mut ledger = Ledger::to_record(&path).unwrap();
    ledger.record(&entry(1)).unwrap();
    // A step that fails changes nothing.
    let broken = [FORMS[0], "ALTER TABLE run ADD COLUMN note TEXT; ALTER TABLE nothing ADD COLUMN x TEXT;"];
    assert!(ledger.prepare(&broken).is_err());
    assert_eq!(form(&ledger.connection).unwrap(), Form::Ledger(1));
    assert_eq!(whole(&path), [1]);
    let later = [FORMS[0], "ALTER TABLE run ADD COLUMN note TEXT NOT NULL DEFAULT 'none';"];
    ledger.prepare(&later).unwrap();
    let note: String = ledger.connection.query_row("SELECT note FROM run", [], |row| row.get(0)).unwrap();
    assert_eq!((form(&ledger.connection).unwrap(), note.as_str()), (Form::Ledger(2), "none"));
    // This version now meets a newer one, also if it had it open before.
    let newer = LedgerError::Newer { found: 2, known: 1 };
    assert_eq!(ledger.record(&entry(2)).unwrap_err(), newer);
    drop(ledger);
    let before = std::fs::read(&path).unwrap();
    assert_eq!(Ledger::to_record(&path).unwrap_err(), newer);
    assert_eq!(Ledger::to_read(&path).unwrap_err(), newer);
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn whoever_cannot_wait_is_told() {
    let (_folder, path) = place();
    let mut first = Ledger::to_record(&path).unwrap();
    let mut second = Ledger::to_record(&path).unwrap();
    second.connection.busy_timeout(Duration::from_millis(50)).unwrap();
    let writing = first.begin().unwrap();
    assert_eq!(second.record(&entry(1)).unwrap_err(), LedgerError::Busy);
    // Reading goes on meanwhile.
    assert_eq!(Ledger::to_read(&path).unwrap().history("q").unwrap(), []);
    drop(writing);
    second.record(&entry(1)).unwrap();
    assert_eq!(whole(&path), [1]);
}
