//! What runs over the members of a group: `for each`, and aggregates in expressions.

use crate::show::{good, read, shown, value};
use variorum_syntax::MAX_LOOPS;
use variorum_syntax::ast::StatementKind;
use variorum_syntax::diagnostic::Code;

fn check(text: &str, expected: &str) {
    assert_eq!(shown(text), expected, "of {text}");
}

#[test]
fn ranges_of_for_each() {
    for (written, expected) in [
        ("a in g", "a in g"),
        ("a, b in g", "a,b in g"),
        ("pair a, b in g", "pair a,b in g"),
        ("a in g except X", "a in g except=X"),
        ("pair a, b in g except X, h", "pair a,b in g except=X,h"),
        // The words of a range are reserved nowhere.
        ("pair in each", "pair in each"),
        ("each, pair in except except for", "each,pair in except except=for"),
        ("pair pair, each in pair", "pair pair,each in pair"),
    ] {
        check(&format!("for each {written}\n  flag x[a]"), &format!("for each {expected} {{flag x[a]}}"));
    }
    check(
        "for each\n    a,\n    b\n    in g\n    except X\n  flag x[a, b]",
        "for each a,b in g except=X {flag x[a,b]}",
    );
}

#[test]
fn statements_under_for_each() {
    check(
        "for each a in g\n  event e[a]\n    when b[a]\n    then c[a] = yes\n  param p[a] = 3 because d\n\n  choice c[a] by a considered r\n    option x default\nflag f",
        "for each a in g {event e[a] when=b[a] then=c[a]:Set:yes; param p[a] value=3 because=d; choice c[a] by=a occasions=considered:r options={x default}}\nflag f",
    );
    check(
        "for each a in g\n  for each b in h except a\n    flow t[a, b]: s[a] += 3\n  utility f[a]: a = 3\n  horizon a = 12 months",
        "for each a in g {for each b in h except=a {flow label=t[a,b] target=s[a] rate=3}; utility label=f[a] actor=a value=3; horizon a value=(12 months)}",
    );
    check(
        "for each a in g\n  event e[a] hazard h excludes clash[a, X], f\n  choice c[a] by X after d[a] = o",
        "for each a in g {event e[a] hazard=h excludes=clash[a,X],f; choice c[a] by=X occasions=after:d[a]:o}",
    );
}

#[test]
fn for_each_inside_a_reading() {
    check(
        "reading r\n  for each a in g\n    switch off e[a], utility f[a]\n    keeps d[a] \"why\"\n    option c[a].x 3%\n    param p[a] = 3\n  flag y",
        "reading r {for each a in g {switch off e[a],utility f[a]; keeps d[a] \"why\"; option of c[a] {x p=3%}; param p[a] value=3}; flag y}",
    );
}

#[test]
fn for_each_is_no_name_and_may_be_one() {
    check("param for = 3 + each", "param for value=(Add 3 each)");
    check("claim c \"t\"\n  for asserts 1.1-1#7c1e09k2m4tq", "claim c \"t\" stances=for:Asserts:1.1-1#7c1e09k2m4tq");
}

#[test]
fn for_each_is_nested_up_to_a_limit() {
    let nested = |depth: usize| {
        let line = |depth: usize| format!("{}for each a{depth} in g\n", "  ".repeat(depth));
        let lines: String = (0..depth).map(line).collect();
        format!("{lines}{}flag x\nflag y\n", "  ".repeat(depth))
    };
    let limit = MAX_LOOPS as usize;
    let statements = good(&nested(limit));
    let mut inside = &statements[0].kind;
    let mut depth = 0;
    while let StatementKind::ForEach(item) = inside {
        depth += 1;
        inside = &item.statements[0].kind;
    }
    assert_eq!(depth, limit);
    for too_deep in [limit + 1, limit + 200] {
        let parse = read(&nested(too_deep));
        let codes: Vec<Code> = parse.diagnostics.iter().map(|found| found.code).collect();
        assert_eq!(codes, [Code::NestedTooDeep]);
        assert_eq!(parse.file.statements.len(), 2);
    }
}

#[test]
fn aggregates() {
    for (text, expected) in [
        ("sum(b in g: x[b])", "(Sum b in g: x[b])"),
        ("sum(b in g except a: tie[a, b] * 2) + 1", "(Add (Sum b in g except=a: (Multiply tie[a,b] 2)) 1)"),
        ("count(a, b in g except X, h: w[a, b] > 3)", "(Count a,b in g except=X,h: (Greater w[a,b] 3))"),
        ("any(pair a, b in g: w[a] and w[b])", "(Any pair a,b in g: (And w[a] w[b]))"),
        ("all(b in g: not w[b]) or x", "(Or (All b in g: (Not w[b])) x)"),
        ("not all(b in g: w[b])", "(Not (All b in g: w[b]))"),
        ("- sum(b in g: 1) ^ 2", "(Minus (Power (Sum b in g: 1) 2))"),
        ("sum(a in g: sum(b in g except a: x[a, b]))", "(Sum a in g: (Sum b in g except=a: x[a,b]))"),
        ("sum(b in g: x[b] if w[b] else 0)", "(Sum b in g: (if w[b] x[b] 0))"),
        ("sum(b in g: if w[b] then 1 else 2) if c", "(if c (Sum b in g: (if w[b] 1 2)))"),
        ("sum(b in g: 10 .. 20 people per month)", "(Sum b in g: (per (.. 10 20 people) month))"),
        ("sum(b in g: x[b]) per month", "(per (Sum b in g: x[b]) month)"),
        ("max(sum(b in g: 1), 2)", "max((Sum b in g: 1),2)"),
        // None of the words is reserved.
        ("sum(sum in count: any[sum])", "(Sum sum in count: any[sum])"),
        ("sum(pair in except except each: each[pair])", "(Sum pair in except except=each: each[pair])"),
        ("sum + count * any", "(Add sum (Multiply count any))"),
    ] {
        assert_eq!(value(text), expected, "of {text}");
    }
    check("foresight A = all", "foresight A replies=all");
    check("choice c by A option o all(b in g: w[b]) then x = y", {
        "choice c by=A options={o p=(All b in g: w[b]) then=x:Set:y}"
    });
}
