//! What has been seen.

use crate::show::{good, shown};
use variorum_syntax::ast::{Let, StatementKind};

fn check(text: &str, expected: &str) {
    assert_eq!(shown(text), expected, "of {text}");
}

#[test]
fn what_was_seen_and_when() {
    check("observe 2024-10 attack", "observe from=2024-10 what=attack");
    check(
        "observe 2024-10 take = accept known on 2024-10-18 from nis \"page 3\"",
        "observe from=2024-10 what=(Equal take accept) known=2024-10-18 from=nis:\"page 3\"",
    );
    check(
        "observe from 2024-10 to 2024-12-05 clash[KP, KR]\n  because c\n  known on 2025",
        "observe from=2024-10 to=2024-12-05 what=clash[KP,KR] known=2025 because=c",
    );
    check(
        "observe 2024-11 aid[KR] >= nonlethal and not war assumed \"x\"",
        "observe from=2024-11 what=(And (AtLeast aid[KR] nonlethal) (Not war)) assumed=\"x\"",
    );
}

#[test]
fn numbers_have_errors() {
    check(
        "observe 2025-12 front[RU] = 600_000 people error 50_000 people",
        "observe from=2025-12 what=(Equal front[RU] (600000 people)) error=(50000 people)",
    );
    // The word after a number without a unit is none.
    check(
        "observe 2025 front = 600_000 error 10% .. 20%\n  known on 2026",
        "observe from=2025 what=(Equal front 600000) error=(.. 10% 20%) known=2026",
    );
    check("observe 2025 x = -3 known on 2026", "observe from=2025 what=(Equal x (Minus 3)) known=2026");
}

#[test]
fn reports() {
    let expected = "observe from=2024-10 what=attack reported=nis:95%:2%";
    check("observe 2024-10 attack reported by nis, hits 95%, false alarms 2%", expected);
    check("observe 2024-10 attack\n  reported by nis\n  hits 95%\n  false alarms 2%", expected);
    check("observe 2024-10 attack reported by nis, false alarms 2%, hits 95%", expected);
    check(
        "observe 2024-11 x >= 3 reported by nis, hits 90% .. 99%, false alarms 1 of 40 from nis \"here\"",
        "observe from=2024-11 what=(AtLeast x 3) reported=nis:(.. 90% 99%):(of 1 40) from=nis:\"here\"",
    );
}

#[test]
fn records() {
    check("record complete to 2024-11 for invasion, attack", "record to=2024-11 for=invasion,attack");
    check(
        "record complete from 2024-01 to 2024-11 for clash[KP, KR] known on 2025 from nis \"all\"",
        "record from=2024-01 to=2024-11 for=clash[KP,KR] known=2025 from=nis:\"all\"",
    );
    check("record complete\n  for a\n  from nis \"all\"\n  to 2024", "record to=2024 for=a from=nis:\"all\"");
}

#[test]
fn repeated_for_each() {
    check(
        "for each a in g\n  observe 2024-10 clash[a]\n  record complete to 2024 for clash[a]",
        "for each a in g {observe from=2024-10 what=clash[a]; record to=2024 for=clash[a]}",
    );
}

#[test]
fn their_words_may_be_names() {
    check(
        "observe 2024 known >= error + hits known on 2024",
        "observe from=2024 what=(AtLeast known (Add error hits)) known=2024",
    );
    check("param observe = record * error", "param observe value=(Multiply record error)");
    check("record complete to 2024 for complete, record", "record to=2024 for=complete,record");
    // A statement on an indented line would be a mistake, a sum is none.
    check("let x = known\n  + record * 3", "let target=x value=(Add known (Multiply record 3))");
}

#[test]
fn heads() {
    let text = "observe 2024-10 take = accept known on 2025\nrecord complete to 2024 for a, b known on 2025\n";
    let cut = |span: variorum_syntax::diagnostic::Span| &text[span.start as usize..span.end as usize];
    let heads: Vec<_> = good(text).iter().map(|statement| cut(statement.head)).collect();
    assert_eq!(heads, ["observe 2024-10 take = accept", "record complete to 2024 for a, b"]);
}

/// The value of `let x = TEXT`, written again.
fn again(text: &str) -> String {
    match &good(&format!("let x = {text}\n"))[0].kind {
        StatementKind::Let(Let { value: Some(value), .. }) => value.show(&|name| name.value.clone()),
        other => panic!("no value in {other:?}"),
    }
}

#[test]
fn expressions_are_written_in_one_way() {
    for (text, expected) in [
        ("25_000  people", "25_000 people"),
        ("1000 people", "1000 people"),
        ("12500.5 + -3", "12_500.5 + -3"),
        ("(a)+b*c", "a + b * c"),
        ("(a + b) * c - (d - e)", "(a + b) * c - (d - e)"),
        ("a / (b * c) / d", "a / (b * c) / d"),
        ("-(a ^ 2)", "-a^2"),
        ("(-a) ^ 2", "(-a)^2"),
        ("a ^ -b ^ c", "a^-b^c"),
        ("not (a and b) or c > 3", "not (a and b) or c > 3"),
        ("(a or b) and not c", "(a or b) and not c"),
        ("a and (b and c)", "a and (b and c)"),
        ("(a > 3) = (b > 3)", "(a > 3) = (b > 3)"),
        ("if a then b else c + 1", "if a then b else c + 1"),
        ("(if a then b else c) + 1", "(if a then b else c) + 1"),
        ("if a then (b if c) else d", "if a then (b if c) else d"),
        ("b if a else c", "if a then b else c"),
        ("a + (b if c)", "a + (b if c)"),
        ("5% per year", "5% per year"),
        ("(a * b) per year", "(a * b) per year"),
        ("-1% .. 4%", "-1% .. 4%"),
        ("2 in 71 years", "2 in 71 years"),
        ("3 of 40", "3 of 40"),
        ("30% within 6 months", "30% within 6 months"),
        ("lookup aid[KR](none:0,else:-1)", "lookup aid[KR] (none: 0, else: -1)"),
        ("sum(pair a,b in g except X : tie[a,b])", "sum(pair a, b in g except X: tie[a, b])"),
        ("all(b in g: not war[b])", "all(b in g: not war[b])"),
        ("oneof(2:0.2, 5 people:0.8)", "oneof(2: 0.2, 5 people: 0.8)"),
        ("uniform(0,1) * exp( x )", "uniform(0, 1) * exp(x)"),
        ("unknown", "unknown"),
        ("said \"a \\\"b\\\"\"", "said \"a \\\"b\\\"\""),
    ] {
        assert_eq!(again(text), expected, "of {text}");
        assert_eq!(again(expected), expected, "again");
    }
}

/// What is written in one way means the same as what was written: but for places, the tree is the same.
#[test]
fn expressions_of_the_shipped_model_keep_their_meaning() {
    let text = include_str!("model.vor");
    let mut count = 0;
    for statement in variorum_syntax::parse(variorum_syntax::diagnostic::FileId(0), text).file.statements {
        let values = match statement.kind {
            StatementKind::Let(Let { value, .. }) => vec![value],
            StatementKind::Event(event) => vec![event.when, event.hazard, event.chance],
            StatementKind::Flow(flow) => vec![flow.rate],
            StatementKind::Utility(utility) => vec![utility.value],
            StatementKind::Param(param) => vec![param.value],
            _ => continue,
        };
        for value in values.into_iter().flatten() {
            let shown = value.show(&|name| name.value.clone());
            assert_eq!(crate::show::value(&shown), crate::show::expression(&value), "of {shown}");
            count += 1;
        }
    }
    assert!(count > 5, "the model has {count} expressions");
}
