//! Nothing is too strange to be read: no panic, no overflow of the stack, no lost character, no long wait.

use std::time::{Duration, Instant};

use crate::show::{read, recovered_value, value};
use variorum_syntax::diagnostic::{Code, FileId};
use variorum_syntax::{MAX_DEPTH, MAX_OPERATORS, parse};

/// A generator of small numbers that gives the same ones on every machine.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }

    fn one_of<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }
}

/// Runs on a stack as small as that of a thread of a test or of a server.
fn on_a_small_stack(test: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(1024 * 1024).spawn(test).unwrap().join().unwrap();
}

const MODEL: &str = include_str!("model.vor");

const PIECES: &[&str] = &[
    " ",
    "\n",
    "\n  ",
    "\r\n",
    "\t",
    "(",
    ")",
    "[",
    "]",
    "\"",
    "'",
    "“",
    "”",
    "#",
    "/*",
    "*/",
    "//",
    "--",
    ";",
    ",",
    ":",
    "=",
    "==",
    "<-",
    ":=",
    "..",
    ".",
    "-",
    "+=",
    "^",
    "%",
    "!",
    "&&",
    "é",
    "\u{feff}",
    "\0",
    "…",
    "3",
    "25,000",
    "1e400",
    "2024-11",
    "11/2024",
    "4.1-2#7c1e09k2m4tq",
    "4#7c1e",
    "if",
    "IF(",
    "then",
    "else",
    "elif",
    "not",
    "option",
    "reading",
    "switch off",
    "choice",
    "event",
    "param",
    "because",
    "from",
    "in",
    "at",
    "per",
    "within",
    "lookup",
    "said",
    "asserts",
    "resolved",
    "value",
    "next level",
    "noise",
    "starts",
    "true",
    "given",
    "observe",
    "observe 2024-10",
    "observe from 2024-10 to 2024-12",
    "known on",
    "reported by",
    "hits 95%",
    "false alarms",
    "error",
    "record complete",
    "record complete to 2024-10 for",
    "for each a in g",
    "for each pair",
    "except",
    "scenario",
    "set",
    "hold",
    "until",
    "given",
    "first date",
    "after event",
    "correlate",
    "oneof(",
    "risk(",
    "said \"x\"",
    "no number",
    "10-20",
    "5 to 10",
    "between 1 and",
    "25 000",
    "25'000",
    "1.250.000",
    "5.11.2024",
    "Nov 2024",
    "2024-Q4",
    "5 percent",
    "per cent",
    "3k",
    "million",
    "p=0.3",
    "a year",
    "per annum",
    "/yr",
    "is not",
    "%in%",
    "%%",
    "->",
    "\"\"\"",
    "f\"x\"",
    "SUM(A1:A3)",
    "AND(",
    "c(",
    "None",
    "?",
    "²",
    "–",
    "sum(b in g:",
    "all(",
    "pair a, b in",
    "x",
];

#[test]
fn spliced_models_stay_whole() {
    let mut dice = Dice(1);
    let boundaries: Vec<usize> = MODEL.char_indices().map(|(index, _)| index).collect();
    let mut broken = 0;
    for _ in 0..400 {
        let mut text = MODEL.to_owned();
        for _ in 0..=dice.below(4) {
            let from = dice.one_of(&boundaries);
            let length = dice.below(40);
            let from = (from.min(text.len())..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap();
            let to = (from + length).min(text.len());
            let to = (to..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap();
            text.replace_range(from..to, dice.one_of(PIECES));
        }
        // `read` compares the tree with the text.
        let parse = read(&text);
        broken += usize::from(!parse.diagnostics.is_empty());
        let end = u32::try_from(text.len()).unwrap();
        for diagnostic in &parse.diagnostics {
            let span = diagnostic.primary.span;
            assert!(span.start <= span.end && span.end <= end, "{diagnostic:?}");
            assert!(text.is_char_boundary(span.start as usize) && text.is_char_boundary(span.end as usize));
            assert!(diagnostic.help.is_some(), "{diagnostic:?}");
        }
        assert!(parse.diagnostics.is_sorted_by_key(|diagnostic| diagnostic.primary.span));
    }
    assert!(broken > 200, "only {broken} of 400 were broken: the splices do too little");
}

#[test]
fn heaps_of_pieces_stay_whole() {
    let mut dice = Dice(2);
    for _ in 0..400 {
        let count = 1 + dice.below(60);
        let text: String = (0..count).map(|_| dice.one_of(PIECES).to_owned() + [" ", ""][dice.below(2)]).collect();
        read(&text);
    }
}

#[test]
fn every_prefix_of_a_model_stays_whole() {
    for (end, _) in MODEL.char_indices().step_by(7) {
        read(&MODEL[..end]);
    }
}

#[test]
fn one_mistake_leaves_the_other_statements_alone() {
    let lines: Vec<&str> = MODEL.lines().collect();
    for (index, line) in lines.iter().enumerate() {
        // Only statements at the margin that stand on one line.
        let next_is_indented = lines.get(index + 1).is_some_and(|next| next.starts_with(' '));
        if line.is_empty() || line.starts_with([' ', '#']) || next_is_indented {
            continue;
        }
        let broken = format!("{} ((", line.split(" #").next().unwrap());
        let mut changed = lines.clone();
        changed[index] = &broken;
        let parse = read(&changed.join("\n"));
        assert_eq!(parse.file.statements.len(), 55, "after {broken}");
        let start = lines[..index].iter().map(|line| line.len() + 1).sum::<usize>();
        let is_there = |at: u32| (start..=start + broken.len()).contains(&(at as usize));
        assert!(!parse.diagnostics.is_empty(), "nothing found in {broken}");
        assert!(parse.diagnostics.iter().all(|d| is_there(d.primary.span.start)), "{:?}", parse.diagnostics);
    }
}

#[test]
fn deep_nesting_is_refused_and_the_next_statement_read() {
    on_a_small_stack(|| {
        for piece in [
            "(",
            "not ",
            "- ",
            "f(",
            "f(f, ",
            "2 ^ ",
            "if a then b else ",
            "1 if a else ",
            "if a then ",
            "lookup x (a: ",
            "sum(b in g: ",
            "all(pair a, b in g except c: ",
            "oneof(1: ",
            "oneof(",
        ] {
            let text = format!("param a = {}\nparam b = 3\n", piece.repeat(20_000));
            let parse = read(&text);
            let deep = parse.diagnostics.iter().filter(|found| found.code == Code::NestedTooDeep).count();
            assert_eq!(deep, 1, "of {piece}");
            assert!(parse.diagnostics.len() <= 2, "of {piece}: {}", parse.diagnostics.len());
            assert_eq!(parse.file.statements.len(), 2, "of {piece}");
        }
        for piece in ["(", "not ", "- ", "if ", "^"] {
            read(&format!("param a = {}", piece.repeat(100_000)));
        }
        let closed = format!("param a = {}1{}\nparam b = 3\n", "(".repeat(100_000), ")".repeat(100_000));
        assert_eq!(read(&closed).diagnostics.len(), 1);
    });
}

#[test]
fn strange_repetitions_do_not_overflow_the_stack() {
    on_a_small_stack(|| {
        for piece in [
            "if ",
            "^",
            "* ",
            "[",
            "x[",
            "IF(a,",
            "IF(",
            "elif ",
            "if a then b elif ",
            "reading a ",
            "option x ",
            "for each a in g ",
            "for each a in g\n  ",
            "for each ",
            "scenario a ",
            "set x = 3 at 2024 ",
            "hold x = 3 from 2024 ",
            "sum(b in g: ",
            "sum(b in ",
            "sum(b in g, ",
            "mean(b in g: ",
            "sum(each ",
            "oneof(2: ",
            "oneof(",
            "oneof(2, ",
            "risk(",
            "risk(a within ",
            "said \"a\" ",
            "said ",
            "given a by 2024 ",
            "after event a ",
            "correlate a, ",
            "AND(",
            "and(",
            "SUM(a:",
            "c(",
            "[1, ",
            "1 000 ",
            "10-20",
            "1 to 2 to ",
            "between 1 and ",
            "5 percent ",
            "3k",
            "Nov. ",
            "Q1 ",
            "p = ",
            "a is not ",
            "1 a year ",
            "\"\"\"",
            "= ",
            "any(x for b in g ",
            "a, b in ",
            "except a, ",
            "switch off ",
            "a - ",
            "then a = b, ",
            "because ",
            "per m ",
            "within 3 m ",
            "1 .. ",
            ", ",
            ": ",
            "= ",
            "1,000",
            "a-",
            "1-",
            "1/",
        ] {
            for head in [
                "param a = ",
                "param ",
                "",
                "event a then ",
                "choice c by a ",
                "reading r\n  ",
                "scenario s\n  ",
                "time monthly from ",
            ] {
                read(&(head.to_owned() + &piece.repeat(5_000)));
            }
        }
    });
}

#[test]
fn nesting_up_to_the_limit_is_read() {
    on_a_small_stack(|| {
        let depth = MAX_DEPTH as usize - 1;
        let nested = format!("{}1{}", "(".repeat(depth), ")".repeat(depth));
        assert_eq!(value(&nested), "1");
        let too_deep = format!("({nested})");
        assert_eq!(recovered_value(&too_deep), "ERROR");
    });
}

#[test]
fn long_sums_are_read_up_to_a_limit() {
    on_a_small_stack(|| {
        let sum = |operators: u32| format!("1{}", " + 1".repeat(operators as usize));
        assert_eq!(value(&sum(MAX_OPERATORS)).matches("Add").count(), MAX_OPERATORS as usize);
        let text = format!("let x = {}\nparam b = 3\n", sum(MAX_OPERATORS + 1));
        let parse = read(&text);
        assert_eq!(parse.diagnostics.len(), 1);
        assert_eq!(parse.diagnostics[0].code, Code::NestedTooDeep);
        assert_eq!(parse.file.statements.len(), 2);
        // The limit holds for the whole expression, whatever parentheses there are in it.
        let half = sum(MAX_OPERATORS / 2);
        let both = parse_codes(&format!("let x = ({half}) + ({half})"));
        assert_eq!(both, [Code::NestedTooDeep]);
        assert_eq!(parse_codes(&format!("let x = {half}\nlet y = {half}")), []);
        read(&format!("let x = {}", sum(100_000)));
    });
}

fn parse_codes(text: &str) -> Vec<Code> {
    read(text).diagnostics.iter().map(|diagnostic| diagnostic.code).collect()
}

#[test]
fn garbage_is_read_quickly() {
    let mut dice = Dice(3);
    let characters: Vec<char> = "ab01 \n\t\"'#.,:;=<>!+-*/^%()[]{}@é“”…−\\".chars().collect();
    let garbage: String = (0..1_000_000).map(|_| dice.one_of(&characters)).collect();
    let words: String = (0..80_000).map(|_| dice.one_of(PIECES).to_owned() + " ").collect();
    let lines: String = (0..20_000).map(|line| format!("{}param a = (3\n", " ".repeat(line % 7))).collect();
    let texts = [
        garbage,
        words,
        lines,
        "'".repeat(300_000),
        "'a".repeat(150_000),
        "/*".repeat(150_000),
        "1-".repeat(150_000),
        "1.1-".repeat(75_000),
        "“".repeat(100_000),
        "1".repeat(1_000_000),
        "_".repeat(1_000_000),
        format!("param a = 1{}", ",000".repeat(75_000)),
        format!("param a{}", "-a".repeat(150_000)),
        format!("time monthly from 1{}", "/1".repeat(150_000)),
        format!("param a = {}", "if(".repeat(100_000)),
        format!("event a {}", "then a = b, ".repeat(25_000)),
        "for each a in g ".repeat(60_000),
        "\"\"\"".repeat(100_000),
        "\"\"\" ".repeat(75_000) + "\"",
        format!("let x = {}", "AND(".repeat(80_000)),
        format!("let x = {}", "sum(a, ".repeat(50_000)),
        format!("let x = {}", "f(".repeat(100) + &"1, ".repeat(80_000)),
        format!("let x = 1{}", " 000".repeat(75_000)),
        format!("let x = {}", "[".repeat(300_000)),
        format!("let x = 1{}", "'000".repeat(75_000)),
        format!("let x = 1{}", ".000".repeat(75_000)),
        format!("time monthly from {}", "Nov. ".repeat(60_000)),
        format!("let x = oneof({}", "1: 0, ".repeat(50_000)),
        format!("let x = oneof({}", "1, ".repeat(80_000)),
        format!("correlate {}", "a, ".repeat(100_000)),
        format!("reading r switch off {}", "correlate a, b, ".repeat(60_000)),
        format!("question q \"?\" = a by 2024 {}", "given a by 2024 ".repeat(60_000)),
        format!("scenario s\n{}", "  set x = 3 at 2024\n  hold y = 2 from 2024 until 2025\n".repeat(15_000)),
        format!("let x = {}", "sum(b in g: x) + ".repeat(50_000)),
        format!("let x = {}", "sum(b in g: ".repeat(80_000)),
        format!("let x = f({}", "sum(b in g: x), ".repeat(60_000)),
        format!("let x = sum({}", "a, ".repeat(100_000)),
        "let x = sum(b in g except a, c, d: x[a, b] * y[b] + z)\n".repeat(18_000),
        format!("for each a in g except {}", "a, ".repeat(100_000)),
        format!("for each a in g\n{}", "  event e[a] hazard h\n".repeat(40_000)),
        (0..1_000).map(|depth| format!("{}for each a in g\n", " ".repeat(depth))).collect(),
    ];
    for text in texts {
        let start = Instant::now();
        let parse = parse(FileId(0), &text);
        let time = start.elapsed();
        let beginning: String = text.chars().take(40).collect();
        assert!(time < Duration::from_secs(2), "{time:?} for {beginning}");
        assert!(parse.tree.text() == text.as_str(), "of {beginning}");
        assert!(parse.diagnostics.len() <= 2_000, "of {beginning}");
    }
}
