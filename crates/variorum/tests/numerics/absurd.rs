//! Models as large or as intricate as a file may be: findings or answers, in bounded time and memory, and no panic.
//!
//! The tests of mutated models, beside this crate, break models; here they are whole, and what grows is their size:
//! what is quadratic in something that a file can hold a million of shows here as minutes.

use super::harness::loaded;
use std::time::{Duration, Instant};
use variorum::run::{Run, Unwatched, run};
use variorum::{check, checked};

const HEAD: &str = "model \"M\"\ntime monthly from 2024-01 to 2024-12\nactor A\nflag f = no\nstock x = 1\n";
const ASK: &str = "question q \"q\" = f by 2024-12\n";

/// Items with something between them.
fn list(count: usize, between: &str, item: impl Fn(usize) -> String) -> String {
    (0..count).map(item).collect::<Vec<_>>().join(between)
}

/// Statements between a head and a question.
fn many(count: usize, item: impl Fn(usize) -> String) -> String {
    format!("{HEAD}{}\n{ASK}", list(count, "\n", item))
}

type Maker = fn() -> String;

/// Each with a name.
const MODELS: &[(&str, Maker)] = &[
    ("a million actors", || format!("{HEAD}actor {}\n{ASK}", list(1_000_000, ", ", |n| format!("a{n}")))),
    ("a million levels", || format!("{HEAD}ladder l = {}\n{ASK}", list(1_000_000, " < ", |n| format!("v{n}")))),
    ("a million members twice", || {
        let members = list(400_000, ", ", |n| format!("a{n}"));
        format!("{HEAD}actor {members}\ngroup g = {members}\nflag tie[g]\n{ASK}")
    }),
    ("all pairs of a hundred thousand", || {
        let members = list(100_000, ", ", |n| format!("a{n}"));
        format!("{HEAD}actor {members}\ngroup g = {members}\nflag tie[g, g]\n{ASK}")
    }),
    ("groups of groups", || {
        let groups = list(2_000, "\n", |n| match n {
            0 => "group g0 = A".to_owned(),
            n => format!("actor b{n}\ngroup g{n} = g{}, b{n}, g{}", n - 1, n / 2),
        });
        format!("{HEAD}{groups}\n{ASK}")
    }),
    ("a million effects", || {
        format!("{HEAD}event e hazard 1 per year then {}\n{ASK}", list(1_000_000, ", ", |_| "x += 1".to_owned()))
    }),
    ("a million excluded events", || {
        format!("{HEAD}event e hazard 1 per year excludes {}\n{ASK}", list(1_000_000, ", ", |_| "e".to_owned()))
    }),
    ("a million reasons", || {
        format!(
            "{HEAD}claim c \"c\"\nflow x += 1 per year because {}\n{ASK}",
            list(1_000_000, ", ", |_| "c".to_owned())
        )
    }),
    ("a million arguments", || format!("{HEAD}let y = max({})\n{ASK}", list(1_000_000, ", ", |_| "1".to_owned()))),
    ("a million factors of a unit", || {
        format!("{HEAD}unit u\nstock y : {} = 1\n{ASK}", list(1_000_000, " * ", |_| "u".to_owned()))
    }),
    ("units of units", || {
        let units = list(3_000, "\n", |n| {
            if n == 0 { "unit u0".to_owned() } else { format!("unit u{n} = 1 u{} * u{}", n - 1, n - 1) }
        });
        format!("{HEAD}{units}\nstock y : u2999 = 1\n{ASK}")
    }),
    ("a table of many levels", || {
        let levels = list(100_000, " < ", |n| format!("v{n}"));
        let entries = list(100_000, ", ", |n| format!("v{n}: {n}"));
        format!("{HEAD}ladder l = {levels}\nlet y = lookup l ({entries})\n{ASK}")
    }),
    ("a ladder that many read", || {
        let levels = list(5_000, " < ", |n| format!("v{n}"));
        format!("{HEAD}ladder l = {levels}\n{}\n{ASK}", list(5_000, "\n", |n| format!("let y{n} = l > v{n}")))
    }),
    ("two huge names", || {
        format!("{HEAD}param {} = 1\nlet y = {}\n{ASK}", "n".repeat(1_000_000), "m".repeat(1_000_000))
    }),
    ("many unknown names", || many(20_000, |n| format!("param parameter_{n} = 1\nlet formula_{n} = parametre_{n}"))),
    ("many unknown levels", || {
        let levels = list(3_000, " < ", |n| format!("level_{n}"));
        format!("{HEAD}ladder l = {levels}\n{}\n{ASK}", list(3_000, "\n", |n| format!("let y{n} = l > levle_{n}")))
    }),
    ("formulas of two formulas", || {
        let formulas = list(900, "\n", |n| match n {
            0 | 1 => format!("let y{n} = x"),
            n => format!("let y{n} = y{} - y{}", n - 1, n - 2),
        });
        format!(
            "{HEAD}{formulas}\nutility A = y899\nprecision A = 1\nchoice c by A considered 1 per year when y899 > 3\n  \
             option no_ default\n  option yes_ then f = yes\nquestion r \"r\" = y899 > 1 by 2024-12\n{ASK}"
        )
    }),
    ("a long chain of formulas", || {
        let formulas =
            list(190_000, "\n", |n| if n == 0 { "let y0 = x".to_owned() } else { format!("let y{n} = y{}", n - 1) });
        format!("{HEAD}{formulas}\nutility A = y189999\nquestion r \"r\" = y189999 > 1 by 2024-12\n{ASK}")
    }),
    ("a chain of formulas that a choice reads", || {
        let formulas =
            list(20_000, "\n", |n| if n == 0 { "let y0 = x".to_owned() } else { format!("let y{n} = y{} + 1", n - 1) });
        format!(
            "{HEAD}{formulas}\nutility A = y19999\nprecision A = 1\nchoice c by A considered 1 per year\n  \
             option no_ default\n  option yes_ then x += 1\nquestion r \"r\" = y19999 > 1 by 2024-12\n{ASK}"
        )
    }),
    ("events that conflict", || many(5_000, |n| format!("event e{n} hazard 1 per year then x = {n}"))),
    ("events that do not quite conflict", || {
        let levels = list(2_000, " < ", |n| format!("v{n}"));
        let events = list(2_000, "\n", |n| format!("event e{n} when l = v{n} hazard 1 per year then x = {n}"));
        format!("{HEAD}ladder l = {levels}\n{events}\n{ASK}")
    }),
    ("many events that exclude each other", || {
        many(50_000, |n| format!("event e{n} hazard 1 per year excludes e{}", n.saturating_sub(1)))
    }),
    ("many statements", || many(150_000, |n| format!("param p{n} = 1"))),
    ("many questions", || {
        format!("{HEAD}{}\n", list(100_000, "\n", |n| format!("question q{n} \"q\" = x > {n} by 2024-12")))
    }),
    ("many questions in many steps", || {
        let questions = list(2_000, "\n", |n| format!("question q{n} \"q\" = x > {n} by 2100-12"));
        format!(
            "{}{questions}\n",
            HEAD.replace("monthly from 2024-01 to 2024-12", "100 per month from 2024-01 to 2100-12")
        )
    }),
    ("dated choices in many steps", || {
        let choices = list(50, "\n", |n| {
            format!("choice c{n} by A every month\n  option no_ default\n  option yes_ 0.{n:03} then x += 1")
        });
        let head = HEAD.replace("monthly from 2024-01 to 2024-12", "monthly from 0001-01 to 8000-12");
        format!("{head}{choices}\n{}", ASK.replace("2024-12", "8000-12"))
    }),
    ("a question about many options", || {
        let options = list(20_000, "\n", |n| format!("  option o{n} 1e-9 then x += {n}"));
        format!("{HEAD}choice c by A considered 1 per year\n  option no_ default\n{options}\n{ASK}")
    }),
    ("many options by utility", || {
        let options = list(20_000, "\n", |n| format!("  option o{n} then x += {n}"));
        format!(
            "{HEAD}utility A = x\nprecision A = 1\nchoice c by A considered 1 per year\n  option no_ default\n{options}\n{ASK}"
        )
    }),
    ("a long chain of replies", || {
        let replies = list(5_000, "\n", |n| {
            format!("choice c{n} by A after c{} = yes_\n  option no_ default\n  option yes_ 0.5 then x += 1", n + 1)
        });
        format!(
            "{HEAD}{replies}\nchoice c5000 by A considered 1 per year\n  option no_ default\n  option yes_ 0.5\n{ASK}"
        )
    }),
    ("a long chain of replies by utility", || {
        let replies = list(300, "\n", |n| {
            format!("choice c{n} by A after c{}\n  option no_ default\n  option yes_ then x += 1", n + 1)
        });
        format!(
            "{HEAD}utility A = x\nprecision A = 1\n{replies}\nchoice c300 by A considered 1 per year\n  option no_ default\n  \
             option yes_\n{ASK}"
        )
    }),
    ("many replies to one choice", || {
        let replies = list(300, "\n", |n| {
            format!("choice d{n} by A after c\n  option no_ default\n  option yes_ 0.5 then x += 1")
        });
        format!(
            "{HEAD}utility A = x\nprecision A = 1\nchoice c by A considered 1 per year\n  option no_ default\n  option yes_ then x += 1\n{replies}\n{ASK}"
        )
    }),
    ("a horizon of a hundred years", || {
        let head = HEAD.replace("monthly", "30 per month");
        format!(
            "{head}utility A = x\nprecision A = 1\nhorizon A = 100 years\nflow x += 0.1 * x / 1 month\nchoice c by A considered 1 per year\n  \
             option no_ default\n  option yes_ then x += 1\n{ASK}"
        )
    }),
    ("flows into flows", || {
        let flows = list(2_000, "\n", |n| format!("stock s{n} = 1\nflow s{n} += s{} / 1 year", (n + 1) % 2_000));
        let choices = list(200, "\n", |n| {
            format!("choice c{n} by A considered 1 per year\n  option no_ default\n  option yes_ then s7 += 1")
        });
        format!("{HEAD}{flows}\nutility A = s0\nprecision A = 1\n{choices}\n{ASK}")
    }),
    ("many readings of many statements", || {
        let events = list(1_000, "\n", |n| format!("event e{n} hazard 1 per year then f = yes"));
        format!("{HEAD}{events}\n{}\n{ASK}", list(1_000, "\n", |n| format!("reading r{n}\n  switch off e{n}")))
    }),
    ("a reading that replaces everything", || {
        let events = list(20_000, "\n", |n| format!("event e{n} hazard 1 per year then f = yes"));
        format!(
            "{HEAD}{events}\nreading r\n{}\n{ASK}",
            list(20_000, "\n", |n| format!("  event e{n} hazard 2 per year then f = yes"))
        )
    }),
    ("a reading that switches everything off", || {
        let events = list(20_000, "\n", |n| format!("event e{n} hazard 1 per year then f = yes"));
        format!("{HEAD}{events}\nreading r\n  switch off {}\n{ASK}", list(20_000, ", ", |n| format!("e{n}")))
    }),
    ("a reading that keeps what is not there", || {
        let events = list(5_000, "\n", |n| format!("event e{n} hazard 1 per year then f = yes"));
        format!("{HEAD}{events}\nreading r\n{}\n{ASK}", list(5_000, "\n", |n| format!("  keeps ev{n} \"why\"")))
    }),
    ("many sources that speak to many claims", || {
        let sources = list(1_000, "\n", |n| format!("source s{n} \"s\""));
        let stances = list(1_000, "\n", |n| format!("  s{n} doubts 4.1-2#7c1e09k2m4tq"));
        let claims = list(100, "\n", |n| format!("claim c{n} \"c\"\n{stances}"));
        let flows = list(100, "\n", |n| format!("flow w{n}: x += 1 per year because c{n}"));
        format!(
            "{HEAD}{sources}\n{claims}\n{flows}\nreading r voices {}\n{ASK}",
            list(1_000, ", ", |n| format!("s{n}"))
        )
    }),
];

/// What became of a model.
fn play(text: &str) -> &'static str {
    let loaded = loaded(text);
    let model = checked(&loaded);
    if model.has_errors() {
        return "refused";
    }
    let programs = check::programs(&model, &[]).unwrap();
    // One reading is enough: they are checked all.
    let some = &programs[..1];
    let settings = Run { draws: 1, per_draw: 2, threads: 1, lanes: 8, ..Run::default() };
    match run(&model, some, &settings, &Unwatched::default()) {
        Ok(_) => "answered",
        Err(_) => "too large to run",
    }
}

/// How much of a processor's time one model may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// How many times as long by the clock, on a machine that does other things too.
const BESIDES: u32 = 3;

/// The time that this thread has had of a processor, where the system tells.
fn processor_time() -> Option<Duration> {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    told.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
}

#[test]
fn large_models() {
    let only = std::env::var("NUMERICS_MODEL").unwrap_or_default();
    for (name, text) in MODELS.iter().filter(|(name, _)| name.contains(&only)) {
        let text = text();
        let begun = Instant::now();
        // As much stack as a thread has where little is given.
        let size = text.len();
        let thread =
            std::thread::Builder::new().stack_size(1 << 20).spawn(move || (play(&text), processor_time())).unwrap();
        let (outcome, used) = thread.join().unwrap_or_else(|_| panic!("{name}: panicked"));
        let took = begun.elapsed();
        println!("{name}: {size} bytes, {outcome}, {took:.2?}, of a processor {used:.2?}");
        assert!(used.is_none_or(|used| used < PATIENCE) && took < BESIDES * PATIENCE, "{name} took {took:?}, {used:?}");
    }
}
