//! Every construct of the grammar becomes the typed view that it should.

use crate::show::{good, read, recovered_value, shown, value};
use variorum_syntax::ast::{ExprKind, StatementKind};

fn check(text: &str, expected: &str) {
    assert_eq!(shown(text), expected, "of {text}");
}

#[test]
fn an_empty_file_has_no_statements() {
    for text in ["", "\n", "   ", "# only a comment", "\u{feff}", "\u{feff}# comment\r\n\r\n"] {
        assert_eq!(good(text).len(), 0, "{text:?}");
    }
}

#[test]
fn titles_and_files() {
    check("model \"Pyongyang \\\"and\\\" Moscow\"", r#"model "Pyongyang \"and\" Moscow""#);
    check("use \"claims.vor\"", r#"use "claims.vor""#);
}

#[test]
fn time_has_a_step_and_two_ends() {
    check("time monthly from 2023-09 to 2027-12", "time step=1/1 from=2023-09 to=2027-12");
    check("time quarterly from 2023 to 2027", "time step=3/1 from=2023 to=2027");
    check("time yearly to 2027-12-31 from 2023-01-01", "time step=12/1 from=2023-01-01 to=2027-12-31");
    check("time 4 per month from 2023 to 2027", "time step=1/4 from=2023 to=2027");
    check("time every 2 months\n  from 2023\n  to 2027", "time step=2/1 from=2023 to=2027");
}

#[test]
fn sources() {
    check(
        "source nyt \"A report\" by \"The New York Times\" on 2024-10-23 text \"a.txt\" quoted in drezner",
        r#"source nyt "A report" by="The New York Times" on=2024-10-23 text="a.txt" quoted_in=drezner"#,
    );
    check("source nis \"Statements\"\n  quoted in lee\n  on 2024", r#"source nis "Statements" on=2024 quoted_in=lee"#);
}

#[test]
fn entities_groups_and_units() {
    check("actor RU \"Russia\", KP, KR \"South Korea\"", r#"actor RU "Russia",KP,KR "South Korea""#);
    check("place Korea,\n  Taiwan", "place Korea,Taiwan");
    check("group axis = RU, KP", "group axis RU,KP");
    check("unit people, division = 10_000 people, speed = 2 people / month * km", {
        "unit people,division=10000*people^1,speed=2*people^1,month^-1,km^1"
    });
}

#[test]
fn claims() {
    check(
        "claim bites \"Weapons hurt\"\n  drezner asserts 13.1-9#09aa41v7c3xe, 6.2-8#44e1d0p8z6ab\n  note \"n\"\n  nyt doubts 1.2-3#7c1e09k2m4tq\n  x denies 1.1-1#7c1e09k2m4tq # c",
        r#"claim bites "Weapons hurt" stances=drezner:Asserts:13.1-9#09aa41v7c3xe,6.2-8#44e1d0p8z6ab,nyt:Doubts:1.2-3#7c1e09k2m4tq,x:Denies:1.1-1#7c1e09k2m4tq note="n""#,
    );
    // A source may have the name of a statement, at the beginning of a line too.
    check(
        "claim c \"t\"\n  event asserts 1.1-1#7c1e09k2m4tq",
        r#"claim c "t" stances=event:Asserts:1.1-1#7c1e09k2m4tq"#,
    );
    // A source without a document is cited by places in words, beside anchors too; a note is no place.
    check(
        "claim c \"t\"\n  okoro asserts \"chapter 3\", 1.1-1#7c1e09k2m4tq, \"page \\\"120\\\"\"\n  note \"n\"",
        r#"claim c "t" stances=okoro:Asserts:1.1-1#7c1e09k2m4tq at="chapter 3","page \"120\"" note="n""#,
    );
}

#[test]
fn parameters() {
    check(
        "param recruits : people / month = 25_000 .. 30_000 because replace, bites from nyt:4.1-9#7c1e09k2m4tq",
        "param recruits unit=people^1,month^-1 value=(.. 25000 30000) because=replace,bites from=nyt:4.1-9#7c1e09k2m4tq",
    );
    check("param bite in 0 .. 1 = 0.1 .. 0.4", "param bite bounds=[0;1] value=(.. 0.1 0.4)");
    check("param bite in 0..1=0.1..0.4", "param bite bounds=[0;1] value=(.. 0.1 0.4)");
    check("param b at least 0 = 3", "param b bounds=[0;] value=3");
    check("param b = 3, at most 5 + 1 people", "param b bounds=[;(Add 5 (1 people))] value=3");
    check("param b in -1 .. -x = unknown", "param b bounds=[(Minus 1);(Minus x)] value=unknown");
    check("param k : 1 / year = 0 in 71 years among \"years\"", {
        "param k unit=year^-1 value=(in 0 71 years) among=\"years\""
    });
    check("param p = 3 of 40 among \"talks\"", "param p value=(of 3 40) among=\"talks\"");
    check("param p : 1 = 3", "param p unit=1 value=3");
}

#[test]
fn provenance_may_stand_anywhere_and_repeat() {
    check(
        "param p because a = 3 because b, c assumed \"w\", at least 0 from x \"words\" from y:1.1-2#7c1e09k2m4tq",
        "param p bounds=[0;] value=3 because=a,b,c from=x:\"words\",y:1.1-2#7c1e09k2m4tq assumed=\"w\"",
    );
    check("event e because a when b because c hazard 1 / year", "event e when=b hazard=(Divide 1 year) because=a,c");
}

#[test]
fn stocks_ladders_flags_and_lets() {
    check(
        "stock front[RU], reserve[RU, KP], x : people = 480_000 .. 560_000, at least 0 assumed \"e\"",
        "stock front[RU],reserve[RU,KP],x unit=people^1 bounds=[0;] start=(.. 480000 560000) assumed=\"e\"",
    );
    check("stock learned[KP] in 0 .. 1 = 0", "stock learned[KP] bounds=[0;1] start=0");
    check(
        "ladder aid[KR], x = none < nonlethal < offensive, starts nonlethal because a",
        "ladder aid[KR],x levels=none,nonlethal,offensive starts=nonlethal because=a",
    );
    check("ladder a = b < c starts c", "ladder a levels=b,c starts=c");
    check("flag deployed[KP], war = no", "flag deployed[KP],war start=false");
    check("flag war = yes assumed \"x\"", "flag war start=true assumed=\"x\"");
    check("flag war", "flag war");
    check("let strain[RU] : 1 / month = losses[RU] / 1000 people because a", {
        "let target=strain[RU] unit=month^-1 value=(Divide losses[RU] (1000 people)) because=a"
    });
}

#[test]
fn events() {
    check(
        "event invasion \"China invades\"\n  when not war[Taiwan]\n  hazard base\n  excludes truce, peace\n  then war[Taiwan] = yes, x += 3, y -= 1, z *= 2, aid = next level, b = previous level",
        "event invasion \"China invades\" when=(Not war[Taiwan]) hazard=base excludes=truce,peace then=war[Taiwan]:Set:yes,x:Add:3,y:Subtract:1,z:Multiply:2,aid:NextLevel,b:PreviousLevel",
    );
    check("event e on 2024-11 chance 55% then a = b then c = d", {
        "event e on=2024-11 chance=55% then=a:Set:b,c:Set:d"
    });
}

#[test]
fn choices_and_when_they_come_up() {
    check(
        "choice deploy by KP \"offer\" considered 2 per year when not d[KP] because w assumed \"two\"\n  option stay default\n  option offer",
        "choice deploy by=KP \"offer\" occasions=considered:(per 2 year) when=(Not d[KP]) options={stay default},{offer} because=w assumed=\"two\"",
    );
    check("choice c by A on 2024-11", "choice c by=A occasions=on:2024-11");
    check("choice c by A every month", "choice c by=A occasions=every:1:month:*:*");
    check("choice c by A every 3 months from 2024-01 until 2025-01", {
        "choice c by=A occasions=every:3:months:2024-01:2025-01"
    });
    check("choice c by A every 3 months from nis \"words\"", {
        "choice c by=A occasions=every:3:months:*:* from=nis:\"words\""
    });
    check("choice c by A after take = accept after other", "choice c by=A occasions=after:take:accept,after:other");
    check("choice c[A, B] by A after take[A] = accept after other[A, B]", {
        "choice c[A,B] by=A occasions=after:take[A]:accept,after:other[A,B]"
    });
    check("choice c by A after event invasion when x", "choice c by=A occasions=after event:invasion when=x");
    check("choice c by A after event clash[A, B]\n  option o default", {
        "choice c by=A occasions=after event:clash[A,B] options={o default}"
    });
    // A choice may be called `event`.
    check("choice c by A after event = o after event when x", {
        "choice c by=A occasions=after:event:o,after:event when=x"
    });
}

#[test]
fn options_in_lines_and_in_one_line() {
    let expected = "choice take by=RU occasions=after:d:o options={refuse default},{accept \"yes\" p=(.. 5% 20%) then=a:Set:yes,b:Add:(.. 1 2 people) from=nis:\"x\"}";
    check(
        "choice take by RU after d = o\n  option refuse default\n  option accept \"yes\" 5% .. 20%\n    then a = yes, b += 1 .. 2 people\n    from nis \"x\"",
        expected,
    );
    check(
        "choice take by RU after d = o option refuse default option accept \"yes\" 5% .. 20% then a = yes, b += 1 .. 2 people from nis \"x\"",
        expected,
    );
}

#[test]
fn provenance_belongs_to_the_option_on_its_lines_and_else_to_the_choice() {
    check(
        "choice c by A\n  option a default because own\n    from s \"own\"\n  option b\n  because outer\n assumed \"outer\"",
        "choice c by=A options={a default because=own from=s:\"own\"},{b} because=outer assumed=\"outer\"",
    );
    check(
        "choice c by A option a default option b because own\n  because outer",
        "choice c by=A options={a default},{b because=own} because=outer",
    );
}

#[test]
fn flows_and_utilities() {
    check("flow front[RU] += recruits * 2 because a", "flow target=front[RU] rate=(Multiply recruits 2) because=a");
    check("flow learning: l[KP] -= 0.02 / month if d[KP]", {
        "flow label=learning target=l[KP] negative rate=(if d[KP] (Divide 0.02 month))"
    });
    check("flow x += 1 noise normal 0.02 per month", "flow target=x rate=1 noise=0.02/month");
    check("flow x += 1 noise normal 2 * sd per year because a", {
        "flow target=x rate=1 noise=(Multiply 2 sd)/year because=a"
    });
    check("utility KP = 3 * l[KP]", "utility actor=KP value=(Multiply 3 l[KP])");
    check("utility learning: KP = 3", "utility label=learning actor=KP value=3");
    check("horizon KP, RU = 12 months", "horizon KP,RU value=(12 months)");
    check("precision KP = 2 .. 6 assumed \"x\"", "precision KP value=(.. 2 6) assumed=\"x\"");
    check("patience KP = 0.8", "patience KP value=0.8");
    check("foresight RU, KP = 0 replies because u", "foresight RU,KP replies=0 because=u");
    check("foresight RU = 1 reply", "foresight RU replies=1");
    check("foresight RU = all", "foresight RU replies=all");
}

#[test]
fn correlations() {
    check("correlate a, b = 0.6 because c assumed \"d\"", "correlate a,b value=0.6 because=c assumed=\"d\"");
    check("correlate a[X], b[X, Y],\n  c = -0.3", "correlate a[X],b[X,Y],c value=(Minus 0.3)");
    check(
        "reading r\n  correlate a, b = 0\n  switch off correlate a, b, flow x, y\n  keeps correlate a[X], b \"why\"",
        "reading r {correlate a,b value=0; switch off correlate a&b,flow x,y; keeps correlate a[X]&b \"why\"}",
    );
    check("reading r switch off correlate, correlate correlate, a", {
        "reading r {switch off correlate,correlate correlate&a}"
    });
}

#[test]
fn words_as_numbers() {
    check("param p = said \"unlikely\" within 1 year from nyt:4.1-9#7c1e09k2m4tq", {
        "param p value=(within said(\"unlikely\") 1 year) from=nyt:4.1-9#7c1e09k2m4tq"
    });
    check("event e on 2024-11 chance said \"likely\" then a = yes", {
        "event e on=2024-11 chance=said(\"likely\") then=a:Set:yes"
    });
    check("event e hazard said \"likely\" per year", "event e hazard=(per said(\"likely\") year)");
    check("choice c by A\n  option o \"title\" said \"likely\" then a = yes\n  option p said \"unlikely\"", {
        "choice c by=A options={o \"title\" p=said(\"likely\") then=a:Set:yes},{p p=said(\"unlikely\")}"
    });
}

#[test]
fn readings() {
    check(
        "reading drezner \"D\" voices nyt, nis\n  foresight RU = 0 replies because u\n  switch off deploy, take.accept, flow front[RU], utility learning\n  keeps horizon KP \"why\"\n  option take.accept \"t\" 3% then a = b\n    because own\n  event e hazard h\n    then x = yes\nmodel \"x\"",
        "reading drezner \"D\" voices=nyt,nis {foresight RU replies=0 because=u; switch off deploy,take.accept,flow front[RU],utility learning; keeps horizon KP \"why\"; option of take {accept \"t\" p=3% then=a:Set:b because=own}; event e hazard=h then=x:Set:yes}\nmodel \"x\"",
    );
    check("reading baseline", "reading baseline {}");
    check("reading r voices a switch off flow", "reading r voices=a {switch off flow}");
}

#[test]
fn questions() {
    check("question k \"War?\" = war[Korea] by 2027-12", "question k \"War?\" query=by:war[Korea]:2027-12");
    check("question k \"War?\" = a >= b at 2027", "question k \"War?\" query=at:(AtLeast a b):2027");
    check(
        "question k \"War?\" = a from 2024-01 to 2024-12-31",
        "question k \"War?\" query=within:a:2024-01:2024-12-31",
    );
    check(
        "question k \"How many?\" = value front[RU] at 2025-12",
        "question k \"How many?\" query=value:front[RU]:2025-12",
    );
    check(
        "question k \"?\" = a by 2027\n  corrado said \"not zero\" 13.1-4#77a3f0c2d9hk, 1.1-2#77a3f0c2d9hk window assumed \"none\"\n  lee said \"likely\"\n  resolved no on 2025-12-31 from \"record\"",
        "question k \"?\" query=by:a:2027 said=corrado:\"not zero\" at=13.1-4#77a3f0c2d9hk,1.1-2#77a3f0c2d9hk window=\"none\",lee:\"likely\" resolved=No:2025-12-31:\"record\"",
    );
    check(
        "question k \"?\" = a by 2027\n  lee said 30%\n  nis said 0.25 13.1-4#77a3f0c2d9hk window assumed \"w\"\n  x said \"could\" no number 1.1-2#77a3f0c2d9hk\n  y said \"may\" no number",
        "question k \"?\" query=by:a:2027 said=lee:30%,nis:0.25 at=13.1-4#77a3f0c2d9hk window=\"w\",x:\"could\" no number at=1.1-2#77a3f0c2d9hk,y:\"may\" no number",
    );
    check("question k \"?\" = a by 2027 resolved yes", "question k \"?\" query=by:a:2027 resolved=Yes");
    check("question k \"?\" = a by 2027 resolved void", "question k \"?\" query=by:a:2027 resolved=Void");
    check(
        "question k \"?\" = value a at 2027 resolved -3.5",
        "question k \"?\" query=value:a:2027 resolved=Number(-3.5)",
    );
}

#[test]
fn first_dates_and_conditions_of_questions() {
    for (asked, expected) in [
        ("first date war", "first:war:*"),
        ("first date war or x > 5 by 2027-12", "first:(Or war (Greater x 5)):2027-12"),
        ("war by 2027 given talks by 2025-06", "by:war:2027 given=by:talks:2025-06"),
        ("war by 2027 given x > 5 at 2025", "by:war:2027 given=at:(Greater x 5):2025"),
        ("value x at 2027 given a and b from 2024 to 2025", "value:x:2027 given=within:(And a b):2024:2025"),
        ("first date x > 5 given y by 2025", "first:(Greater x 5):* given=by:y:2025"),
        ("first date x > 5 people given y by 2025", "first:(Greater x (5 people)):* given=by:y:2025"),
        // Only in their places do the words mean anything.
        ("given by 2027 given given by 2025", "by:given:2027 given=by:given:2025"),
        ("first > date by 2027", "by:(Greater first date):2027"),
        ("first date date by 2027", "first:date:2027"),
    ] {
        check(&format!("question k \"?\" = {asked}"), &format!("question k \"?\" query={expected}"));
    }
    check("question k \"?\" = first date war\n  given talks by 2025\n  lee said \"likely\"\n  resolved void", {
        "question k \"?\" query=first:war:* given=by:talks:2025 said=lee:\"likely\" resolved=Void"
    });
    check("param given = 3 given * first", "param given value=(Multiply (3 given) first)");
}

#[test]
fn layout_ends_statements() {
    check("param a\n  = 3\n  because b\nparam c = 4", "param a value=3 because=b\nparam c value=4");
    check("  param a = 3\n  param b\n    = 4\nparam c = 5", "param a value=3\nparam b value=4\nparam c value=5");
    check("param a =\r\n\t3\r\nparam b = 4\r\n", "param a value=3\nparam b value=4");
    check("param a = 3 # one\n# two\n  # three\n  because b", "param a value=3 because=b");
    check("\u{feff}param a = 3\nparam b = 4", "param a value=3\nparam b value=4");
    // Columns are characters, and a line is where its first token is, whatever comment stands between.
    check("param é = 3\n because b", "param é value=3 because=b");
}

#[test]
fn operators_bind_as_the_grammar_says() {
    for (text, expected) in [
        ("1 + 2 * 3", "(Add 1 (Multiply 2 3))"),
        ("1 - 2 - 3", "(Subtract (Subtract 1 2) 3)"),
        ("a / b / c * d", "(Multiply (Divide (Divide a b) c) d)"),
        ("2 ^ 3 ^ 2", "(Power 2 (Power 3 2))"),
        ("-2 ^ 2", "(Minus (Power 2 2))"),
        ("2 ^ -1", "(Power 2 (Minus 1))"),
        ("-a * b", "(Multiply (Minus a) b)"),
        ("- - a", "(Minus (Minus a))"),
        ("a or b and not c = d", "(Or a (And b (Not (Equal c d))))"),
        ("not not a", "(Not (Not a))"),
        ("not a and b", "(And (Not a) b)"),
        ("a + 1 <= b * 2", "(AtMost (Add a 1) (Multiply b 2))"),
        ("a != b", "(NotEqual a b)"),
        ("a < b", "(Less a b)"),
        ("a > b", "(Greater a b)"),
        ("a >= b", "(AtLeast a b)"),
        ("(a or b) and c", "(And (Or a b) c)"),
        ("a if b", "(if b a)"),
        ("a if b else c", "(if b a c)"),
        ("a if b else c if d", "(if b a (if d c))"),
        ("a + 1 if b or c", "(if (Or b c) (Add a 1))"),
        ("if a then b else c", "(if a b c)"),
        ("if a then if b then c else d else e", "(if a (if b c d) e)"),
        ("if a then b else if c then d else e", "(if a b (if c d e))"),
        ("1 + (if a then b else c)", "(Add 1 (if a b c))"),
    ] {
        assert_eq!(value(text), expected, "of {text}");
    }
}

#[test]
fn the_smallest_parts() {
    for (text, expected) in [
        ("25_000", "25000"),
        ("1e6", "1000000"),
        ("0.5%", "0.5%"),
        ("3 people", "(3 people)"),
        ("3 % people", "(3% people)"),
        ("10 .. 20", "(.. 10 20)"),
        ("10..20 people", "(.. 10 20 people)"),
        ("5% .. 20%", "(.. 5% 20%)"),
        ("-5 .. 5", "(.. -5 5)"),
        ("-5% .. -1%", "(.. -5% -1%)"),
        ("2 * -5 .. 5", "(Multiply 2 (.. -5 5))"),
        ("2 in 71 years", "(in 2 71 years)"),
        ("3 of 40", "(of 3 40)"),
        ("yes", "yes"),
        ("no", "no"),
        ("unknown", "unknown"),
        ("war", "war"),
        ("tie[KP, RU]", "tie[KP,RU]"),
        ("exp(x)", "exp(x)"),
        ("uniform(0,100)", "uniform(0,100)"),
        ("uniform(1, 10 .. 20)", "uniform(1,(.. 10 20))"),
        ("above(aid[KR], nonlethal)", "above(aid[KR],nonlethal)"),
        ("f(a if b, c)", "f((if b a),c)"),
        ("2 per month", "(per 2 month)"),
        ("5% .. 20% per year", "(per (.. 5% 20%) year)"),
        ("10_000 people per month", "(per (10000 people) month)"),
        ("30% within 6 months", "(within 30% 6 months)"),
        ("(a + b) per year", "(per (Add a b) year)"),
        ("2 per month ^ 2", "(Power (per 2 month) 2)"),
        ("lookup aid[KR] (none: 0, low: 1 + x, else: 1)", "lookup(aid[KR];none:0,low:(Add 1 x);1)"),
        ("lookup aid(none: 0)", "lookup(aid;none:0;)"),
        ("risk(invasion within 12 months)", "(risk invasion 12 months)"),
        ("2 * risk(clash[KP, KR] within 0.5 years) + 1", "(Add (Multiply 2 (risk clash[KP,KR] 0.5 years)) 1)"),
        ("risk * 2", "(Multiply risk 2)"),
        ("oneof(2: 0.2, 5: 0.8)", "oneof(2:0.2,5:0.8)"),
        ("oneof(2:1,3:0)", "oneof(2:1,3:0)"),
        (
            "oneof(-2 people: 20%, a + 3 people: 1 - p)",
            "oneof((Minus (2 people)):20%,(Add a (3 people)):(Subtract 1 p))",
        ),
        ("oneof * 2", "(Multiply oneof 2)"),
        ("said \"unlikely\"", "said(\"unlikely\")"),
        ("said \"unlikely\" within 12 months", "(within said(\"unlikely\") 12 months)"),
        ("said \"very \\\"likely\\\"\" per year", "(per said(\"very \\\"likely\\\"\") year)"),
        ("2024 - 11", "(Subtract 2024 11)"),
        ("2024-13", "(Subtract 2024 13)"),
    ] {
        assert_eq!(value(text), expected, "of {text}");
    }
}

#[test]
fn what_others_write_is_read_as_it_was_meant() {
    for (text, expected) in [
        ("25 000 people", "(25000 people)"),
        ("25'000", "25000"),
        ("1.250.000", "1250000"),
        ("25,000", "25000"),
        ("5 percent", "5%"),
        ("5 per cent .. 10 pct", "(.. 5% 10%)"),
        ("10–20 people", "(.. 10 20 people)"),
        ("a is not b", "(NotEqual a b)"),
        ("a ∧ ¬b", "(And a (Not b))"),
        ("IF(a; 1; 2)", "(if a 1 2)"),
        ("ifelse(a > b, 1, 2)", "(if (Greater a b) 1 2)"),
        ("=b * 2", "(Multiply b 2)"),
        // What cannot be told is left out, and later stages stay silent about it.
        ("10-20 people", "ERROR"),
        ("10 to 20", "ERROR"),
        ("SUM(a, b)", "ERROR"),
        ("[1, 2]", "ERROR"),
        ("5% a year", "ERROR"),
        ("2 / yr", "(Divide 2 ERROR)"),
        ("2 per yr", "ERROR"),
        ("sum(x[b] for b in g)", "ERROR"),
        ("mean(b in g: x[b])", "ERROR"),
    ] {
        assert_eq!(recovered_value(text), expected, "of {text}");
    }
}

#[test]
fn spans_cover_what_is_written() {
    let text = "# c\nparam bite : people = (1 + x)  because b # d\n\nflow l: front[RU] += 3\nhorizon A, B = 3\n";
    let statements = good(text);
    let cut = |span: variorum_syntax::diagnostic::Span| &text[span.start as usize..span.end as usize];
    let pieces: Vec<_> = statements.iter().map(|statement| (cut(statement.head), cut(statement.span))).collect();
    assert_eq!(
        pieces,
        [
            ("param bite", "param bite : people = (1 + x)  because b"),
            ("flow l", "flow l: front[RU] += 3"),
            ("horizon A, B", "horizon A, B = 3"),
        ]
    );
    let StatementKind::Param(param) = &statements[0].kind else { panic!("no param") };
    let value = param.value.as_ref().unwrap();
    assert_eq!(cut(value.span), "(1 + x)");
    let ExprKind::Binary(_, left, right) = &value.kind else { panic!("no sum") };
    assert_eq!((cut(left.span), cut(right.span)), ("1", "x"));
    assert_eq!(cut(param.unit.as_ref().unwrap().span), "people");
    assert_eq!(cut(statements[0].provenance.because[0].span), "b");
}

#[test]
fn heads_name_the_statement() {
    for (text, head) in [
        ("model \"M\"", "model \"M\""),
        ("time monthly from 2023 to 2024", "time"),
        ("actor RU \"Russia\", KP", "actor RU"),
        ("stock a[X], b = 3", "stock a[X], b"),
        ("let a[X] = 3", "let a[X]"),
        ("flow front[RU] += 3", "flow front[RU]"),
        ("utility w: KP = 3", "utility w: KP"),
        ("choice c[X] by A", "choice c[X]"),
        ("param a[X, Y] = 3", "param a[X, Y]"),
        ("event e[X] hazard h", "event e[X]"),
        ("flow l[X]: front[RU] += 3", "flow l[X]"),
        ("for each a in g\n  flag b[a]", "for each a in g"),
        ("correlate a, b[X] = 0.6", "correlate a, b[X]"),
        ("question q \"?\" = a by 2024", "question q"),
        ("unit people", "unit people"),
    ] {
        let span = good(text)[0].head;
        assert_eq!(&text[span.start as usize..span.end as usize], head);
    }
    let text = "reading r\n  switch off a, b\n  keeps c.d \"e\"\n  option f.g default\n";
    let StatementKind::Reading(reading) = &good(text)[0].kind else { panic!("no reading") };
    let heads = reading.statements.iter().map(|s| &text[s.head.start as usize..s.head.end as usize]);
    assert_eq!(heads.collect::<Vec<_>>(), ["switch off", "keeps c.d", "option f.g"]);
}

#[test]
fn a_whole_model_reads_without_findings() {
    let parse = read(include_str!("model.vor"));
    assert_eq!(parse.diagnostics, Vec::new());
    assert_eq!(parse.file.statements.len(), 55);
    assert!(parse.file.statements.iter().all(|statement| statement.kind != StatementKind::Error));
}

#[test]
fn the_tree_can_be_printed() {
    let parse = read("param a = 3 # c\n");
    let expected = "\
File
  Param
    Keyword \"param\"
    Whitespace \" \"
    Reference
      Name \"a\"
    Whitespace \" \"
    Equal \"=\"
    Whitespace \" \"
    NumberExpr
      Number \"3\"
  Whitespace \" \"
  Comment \"# c\"
  Newline \"\\n\"
";
    assert_eq!(variorum_syntax::debug_tree(&parse.tree), expected);
}
