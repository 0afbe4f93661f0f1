//! The report: one page that needs nothing else, to be opened from disk, read on a phone, printed and kept.
//!
//! It holds no script and asks for nothing: its policy (`Content-Security-Policy`) forbids both. Lists that are long are
//! folded, and printed unfolded. Plots say in words what they show; nothing is told by colour alone.

mod claims;
mod curves;
mod dates;
mod density;
mod divides;
mod likelihood;
mod markup;
mod observed;
mod plot;
mod rests;
mod scenarios;
mod scored;
mod seen;
mod show;
mod statements;
mod summary;
mod table;
mod telling;
mod watching;

use crate::alike::{PARTED, SAME, Voices};
use crate::dossier::{Dossier, ReadingStories};
use crate::kinship;
use crate::labels;
use crate::seen::{self as known, after, is_observed, other_notes};
use crate::sentences::{self, Kind};
use markup::{Markup, id};
use variorum::answers::QuestionAnswers;
use variorum::confidence::{BASELINE, confidence};
use variorum::crux::CruxAll;
use variorum::evidence::{Evidence, State};
use variorum::score::model::Score;

/// The style sheet.
const STYLE: &str = include_str!("style.css");

/// Nothing may be fetched and no script may run, whatever a model's text says.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/// The report as one HTML document.
#[must_use]
pub fn report(dossier: &Dossier) -> String {
    let mut page = Markup::new();
    page.constant("<!DOCTYPE html>\n");
    page.element("html", &[("lang", "en")], |html| {
        html.element("head", &[], |head| self::head(head, dossier));
        html.element("body", &[], |body| {
            rests::patterns(body);
            body.leaf("a", &[("class", "skip"), ("href", "#answers")], "To the answers");
            body.element("header", &[], |header| opening(header, dossier));
            body.element("nav", &[("aria-label", "Contents")], |nav| contents(nav, dossier));
            body.element("main", &[], |main| sections(main, dossier));
            body.element("footer", &[], |footer| closing(footer, dossier));
        });
    });
    page.finish()
}

fn head(head: &mut Markup, dossier: &Dossier) {
    head.empty("meta", &[("charset", "utf-8")]);
    head.empty("meta", &[("http-equiv", "Content-Security-Policy"), ("content", POLICY)]);
    head.empty("meta", &[("name", "viewport"), ("content", "width=device-width, initial-scale=1")]);
    head.empty("meta", &[("name", "color-scheme"), ("content", "light dark")]);
    head.empty("meta", &[("name", "generator"), ("content", &format!("variorum {}", dossier.version))]);
    // A browser that is served this page would ask for an icon otherwise.
    head.empty("link", &[("rel", "icon"), ("href", "data:,")]);
    head.leaf("title", &[], &dossier.answers.head.model);
    head.element("style", &[], |style| style.constant(STYLE));
}

fn opening(header: &mut Markup, dossier: &Dossier) {
    let answers = &dossier.answers;
    let [from, to] = &answers.head.time;
    header.leaf("p", &[("class", "kicker")], "A variorum report");
    header.leaf("h1", &[], &answers.head.model);
    let mut line = format!("{from} to {to}");
    if let Some(scenario) = &answers.scenario {
        line.push_str(&format!(", in the scenario {scenario}"));
    }
    header.leaf("p", &[("class", "kicker")], &line);
    if !answers.head.complete {
        header.leaf("p", &[("class", "warning")], "Interrupted: these answers rest on what was done until then.");
    }
    header.element("section", &[("class", "is"), ("aria-label", "What this is, and is not")], |is| {
        is.element("p", &[], |p| {
            p.leaf("b", &[], "What this is. ");
            p.text(
                "Each answer is what follows from one reading's premises as written down in the model, the modeller's \
                 assumptions included. A reading is one author's version of the model; where the author is silent, it \
                 borrows or assumes, and says so.",
            );
            if let Some(text) = baseline(dossier) {
                p.text(&text);
            }
        });
        is.element("p", &[], |p| {
            p.leaf("b", &[], "What it is not. ");
            p.text(
                "It is no author's own forecast, and no measure of who is right. The 90% intervals say how far an answer \
                 moves with numbers that nobody knows for certain; if the mechanisms are wrong, they do not know it. \
                 Whether such a model makes anybody's judgement better is untested.",
            );
        });
    });
    header.element("dl", &[("class", "readings")], |list| {
        for reading in &dossier.readings {
            list.leaf("dt", &[], &reading.name);
            let voices: Vec<&str> =
                reading.voices.iter().filter(|voice| **voice != reading.name).map(String::as_str).collect();
            let voices =
                if voices.is_empty() { String::new() } else { format!(" (speaks for {})", sentences::list(&voices)) };
            let title = if reading.title == reading.name { "" } else { reading.title.as_str() };
            list.element("dd", &[], |dd| {
                dd.text(&format!("{title}{voices}"));
                if let Some(known) = kinship::second_hand(dossier, &reading.name) {
                    dd.text("; ").leaf("small", &[], &known);
                }
            });
        }
    });
}

/// What the baseline is, and where its numbers come from: not all of them are base rates.
fn baseline(dossier: &Dossier) -> Option<String> {
    let baseline = dossier.readings.iter().find(|reading| reading.name == BASELINE)?;
    let mut text = " The baseline is nobody\u{2019}s: where such things have been counted it goes by how often they have happened. What \
                    has not been counted is assumed there too"
        .to_owned();
    match sentences::numbers_from(&baseline.statements, &dossier.uncounted()) {
        Some(origins) => {
            text.push_str(&format!(": {origins}."));
        }
        None => text.push('.'),
    }
    Some(text)
}

fn contents(nav: &mut Markup, dossier: &Dossier) {
    nav.element("ul", &[], |list| {
        let mut item = |to: &str, text: &str| {
            list.element("li", &[], |item| item.leaf("a", &[("href", to)], text));
        };
        item("#answers", "All answers");
        item("#claims", "Who says what");
        if !dossier.answers.questions.is_empty() {
            item("#questions", "Question by question");
        }
        if dossier.answers.evidence.is_some() {
            item("#seen", "What was seen");
        }
        if dossier.watch_list.is_some() {
            item("#watch", "What to look out for");
        }
        if scores(dossier).is_some() {
            item("#score", "How the answers scored so far");
        }
        if cruxes(dossier).is_some() {
            item("#divides", "What divides the authors");
        }
        if dossier.whatif.is_some() {
            item("#scenarios", "What if");
        }
        if dossier.readings.iter().any(|reading| !reading.statements.is_empty()) {
            item("#statements", "Every statement");
        }
        item("#again", "The same again");
        item("#reading", "How to read it: what the terms mean");
    });
}

/// A link to where a term is explained.
fn term(into: &mut Markup, name: &'static str, text: &str) {
    into.leaf("a", &[("class", "term"), ("href", &format!("#{}", id("term", name)))], text);
}

/// The scores, if anything was scored.
fn scores(dossier: &Dossier) -> Option<&Score> {
    dossier.score.as_ref().filter(|score| !score.questions.is_empty())
}

/// What divides the readings, if there are two of them.
fn cruxes(dossier: &Dossier) -> Option<&CruxAll> {
    dossier.cruxes.as_ref().filter(|all| !all.pairs.is_empty())
}

/// A section with its heading.
fn section(main: &mut Markup, name: &str, title: &str, inside: impl FnOnce(&mut Markup)) {
    main.element("section", &[("id", name), ("class", "part")], |section| {
        section.leaf("h2", &[], title);
        inside(section);
    });
}

fn sections(main: &mut Markup, dossier: &Dossier) {
    let answers = &dossier.answers;
    section(main, "answers", "All answers", |section| {
        if answers.questions.is_empty() {
            section.leaf("p", &[], "The model asks nothing.");
            return;
        }
        if answers.evidence.is_some() {
            section.leaf("p", &[("class", "legend")], "After what was seen, and in small print before it.");
        }
        section.element("p", &[("class", "legend")], |p| {
            p.text("What the numbers of a row are stands below its question: a ");
            term(p, "probability", "probability");
            p.text(
                " with its 90% interval, or the median of a number with 90% of its outcomes, or the probability that something \
                 comes at all. ",
            );
            term(p, "confidence", "Confidence");
            p.text(CONFIDENCE);
        });
        if answers.questions.iter().any(|question| question.pooled.is_some()) {
            section.element("p", &[("class", "legend")], |p| {
                p.text("All, by ");
                term(p, "seen", "weight");
                p.text(POOLED);
                if let Some(dependent) = kinship::dependent(dossier) {
                    p.text(&format!(" Of these {dependent}: each of them counts for itself."));
                }
            });
        }
        summary::summary(section, dossier);
    });
    section(main, "claims", "Who says what", |section| claims::claims(section, dossier));
    if !answers.questions.is_empty() {
        section(main, "questions", "Question by question", |section| {
            let mut terms = vec![SAME];
            if answers.evidence.is_some() {
                terms.extend([PARTED, TWO_DOTS]);
                let sample = answers.evidence.as_ref().and_then(small);
                section.element("p", &[("class", "legend")], |p| {
                    p.text(INTERVALS);
                    if let Some(sample) = &sample {
                        p.text(sample);
                    }
                });
            }
            section.element("p", &[("class", "legend")], |p| {
                p.text("Words of probability with percents in brackets are those of a ");
                term(p, "words", "standard scale");
                p.text("; a word is that of the number as it is printed.");
            });
            for text in terms {
                section.leaf("p", &[("class", "legend")], text);
            }
            if answers.questions.iter().any(rests::any) {
                section.element("p", &[("class", "legend")], |p| {
                    p.text(rests::CAVEAT).text(" (");
                    term(p, "statements", "more");
                    p.text(")");
                });
                rests::legend(section, &answers.questions);
            }
            for question in &answers.questions {
                self::question(section, dossier, question);
            }
        });
    }
    if let Some(evidence) = &answers.evidence {
        section(main, "seen", "What was seen", |section| seen::evidence(section, dossier, evidence));
    }
    if let Some(list) = &dossier.watch_list {
        section(main, "watch", "What to look out for", |section| watching::watch_list(section, dossier, list));
    }
    if let Some(score) = scores(dossier) {
        section(main, "score", "How the answers scored so far", |section| scored::score(section, dossier, score));
    }
    if let Some(all) = cruxes(dossier) {
        section(main, "divides", "What divides the authors", |section| divides::divides(section, dossier, all));
    }
    if let Some(whatif) = &dossier.whatif {
        section(main, "scenarios", "What if", |section| {
            scenarios::scenarios(section, dossier, whatif);
        });
    }
    if dossier.readings.iter().any(|reading| !reading.statements.is_empty()) {
        section(main, "statements", "Every statement", |section| {
            section.leaf(
                "p",
                &[("class", "legend")],
                &format!(
                    "File by file, with the claims behind each statement, where its numbers come from, and what readings say \
                     instead of it. {}",
                    sentences::RANGE
                ),
            );
            statements::statements(section, dossier);
        });
    }
}

fn question(into: &mut Markup, dossier: &Dossier, question: &QuestionAnswers) {
    into.element("article", &[("class", "question"), ("id", &id("q", &question.name))], |article| {
        let after = after(question);
        article.leaf("h3", &[], &question.name);
        article.leaf("p", &[("class", "asked")], &question.text);
        let evidence = dossier.answers.evidence.as_ref();
        let settled = known::settled(question, evidence);
        let same = if settled.is_none() { known::same_now(dossier, question) } else { None };
        article.element("p", &[("class", "faint")], |p| {
            p.text(&sentences::window(&question.window));
            if question.given.is_some() {
                p.text("; asked only of the trajectories in which its condition comes true");
                if let Some(condition) = &question.condition {
                    let words = labels::in_words(condition, &dossier.labels);
                    if words == *condition {
                        p.text(": ").leaf("code", &[], condition);
                    } else {
                        p.text(&format!(": {words} (written ")).leaf("code", &[], &format!("given {condition}"));
                        p.text(")");
                    }
                }
            }
            p.text(".");
        });
        state(article, dossier, question, settled.as_ref());
        article.element("p", &[("class", "gist")], |p| {
            p.text(&summary::gist(question));
            if let (Some(after), None, None) = (&after, &settled, same) {
                p.text(" After what was seen: ").text(&sentences::lowered(&summary::gist(after)));
            }
            if let Some(confidence) = confidence(question, dossier.without_case(&question.name)) {
                p.text(" ");
                p.element("span", &[("class", "confidence")], |span| {
                    span.text("Confidence ").leaf("b", &[], sentences::level(&confidence));
                    let grounds = sentences::grounds(&confidence);
                    let grounds: Vec<&str> = grounds.iter().map(String::as_str).collect();
                    span.text(&if grounds.is_empty() {
                        ".".to_owned()
                    } else {
                        format!(": {}.", sentences::list(&grounds))
                    });
                });
            }
        });
        // What is settled, or asked by another question now, has nothing to say after what was seen.
        let before = is_observed(question) && (settled.is_some() || same.is_some());
        answers(article, dossier, question, (after.as_ref().filter(|_| !before), before));
        if !question.said.is_empty() {
            article.leaf("h4", &[], "Said against implied");
            likelihood::said(article, dossier, question);
        }
        let told: Vec<&ReadingStories> = dossier.stories.iter().filter(|told| told.question == question.name).collect();
        if !told.is_empty() {
            article.leaf("h4", &[], "How it comes about");
            telling::stories(article, &told);
        }
        if rests::any(question) {
            let before = if is_observed(question) { ", before anything was seen" } else { "" };
            article.leaf("h4", &[], &format!("What it rests on{before}"));
            rests::provenance(article, dossier, question);
            if after.is_some() && settled.is_none() {
                article.element("p", &[("class", "legend")], |p| {
                    p.text("What the answer after it rests on, which shares by origin and which numbers, takes a run of its own: ");
                    p.leaf("code", &[], &dossier.run(&format!("explain {}", same.map_or(&question.name, |same| &same.name))));
                    p.text(".");
                });
            }
        }
        let explained = dossier.explanations.iter().find(|explanation| explanation.question == question.name);
        if let Some(explanation) = explained.filter(|explanation| rests::driven(explanation)) {
            article.leaf("h4", &[], "What it would move with");
            rests::drivers(article, dossier, explanation);
        }
    });
}

/// What has become of a question: the world's answer or that none is entered, whether it is settled, whether its condition is met.
fn state(
    article: &mut Markup,
    dossier: &Dossier,
    question: &QuestionAnswers,
    settled: Option<&(bool, Option<String>)>,
) {
    let evidence = dossier.answers.evidence.as_ref();
    if let Some(resolved) = &question.resolved {
        article.element("p", &[("class", "resolved")], |p| {
            p.text("The world answered ").leaf("b", &[], &show::outcome(&resolved.outcome));
            let on = resolved.on.as_ref().map_or(String::new(), |on| format!(", {on}"));
            let from = resolved.from.as_ref().map_or(String::new(), |from| format!(" ({from})"));
            p.text(&format!("{on}{from}."));
            if let Some([_, why]) = known::unsettled(dossier, question) {
                p.text(" ").text(&why);
            }
        });
    }
    if let Some(last) = known::unanswered(question, evidence) {
        article.element("p", &[("class", "resolved")], |p| {
            p.leaf("b", &[], "Its date has passed, no outcome is entered in the model. ");
            p.text(&format!("What was seen reaches to {last}."));
        });
    }
    if let Some([_, text]) = known::lapsed(question, evidence) {
        article.leaf("p", &[("class", "resolved")], &text);
    }
    if let Some(settled) = settled {
        article.element("p", &[("class", "resolved")], |p| {
            p.leaf("b", &[], &format!("{}. ", sentences::capital(&known::settled_in_words(settled))));
            p.text("It is so in every trajectory that agrees with what was seen, in all readings");
            if let Some(bound) = crate::observed::settled_bound(&dossier.answers, settled.0) {
                p.text(&format!(" (with 95% confidence its probability is {bound})"));
            }
            p.text(".");
        });
    } else if let Some(met) = known::met_in_words(dossier, question) {
        article.element("p", &[("class", "resolved")], |p| {
            p.leaf("b", &[], &sentences::capital(&met));
            match known::same_now(dossier, question) {
                Some(other) => {
                    p.text(": from here on this is the same question as ");
                    p.leaf("a", &[("href", &format!("#{}", id("q", &other.name)))], &other.name);
                    p.text(", where the answers after what was seen stand.");
                }
                None => {
                    p.text(": after what was seen the answers are those of the question without a condition.");
                }
            }
        });
    }
}

/// The tables and plots of a question's answers; `before` if only those before anything was seen have something to say.
fn answers(
    article: &mut Markup,
    dossier: &Dossier,
    question: &QuestionAnswers,
    (after, before): (Option<&QuestionAnswers>, bool),
) {
    let voices = Voices::of(question);
    if is_observed(question) && !before {
        observed::rows(article, dossier, question);
    } else {
        if before {
            article.leaf("h4", &[], "Before anything was seen");
        }
        match sentences::kind(question) {
            Kind::Number => density::rows(article, question),
            Kind::Date => dates::rows(article, question),
            Kind::Probability | Kind::Void => likelihood::rows(article, question),
        }
    }
    match (after, after.map(sentences::kind)) {
        (Some(after), Some(Kind::Number)) => {
            article.leaf("h4", &[], "The outcomes, after what was seen");
            density::shapes(article, after, &voices);
        }
        (Some(after), Some(Kind::Date)) => {
            article.leaf("h4", &[], "The dates, after what was seen");
            dates::rows(article, after);
        }
        _ => {}
    }
    let shown = after.unwrap_or(question);
    if curves::any(shown) && !before {
        let what = if sentences::kind(shown) == Kind::Date { "How likely it has come by when" } else { "By when" };
        let later = after.map_or("", |_| ", after what was seen");
        article.leaf("h4", &[], &format!("{what}{later}"));
        curves::curves(article, shown, &voices);
    }
}

fn closing(footer: &mut Markup, dossier: &Dossier) {
    let answers = &dossier.answers;
    footer.leaf("h2", &[("id", "again")], "The same again");
    for note in other_notes(answers) {
        footer.leaf("p", &[("class", "note")], &format!("Note: {note}."));
    }
    footer.element("p", &[], |p| {
        p.text("This command gives the same numbers, to the last digit, on any machine: ");
        p.leaf("code", &[], &dossier.command);
    });
    let draws = answers.questions.iter().flat_map(|question| &question.readings).map(|reading| reading.draws);
    let (least, most) = draws.fold((u64::MAX, 0), |(least, most), draws| (least.min(draws), most.max(draws)));
    footer.element("dl", &[("class", "run")], |list| {
        let mut pair = |term: &str, value: &str| {
            list.leaf("dt", &[], term);
            list.leaf("dd", &[], value);
        };
        if most > 0 {
            let each = if least == most { most.to_string() } else { format!("{least} to {most}") };
            pair("Parameter draws of each reading", &each);
        }
        if let Some(after) = answers.evidence.as_ref().and_then(draws_after) {
            pair("The same after what was seen, as many as it takes", &after);
        }
        pair("Trajectories of each draw", &answers.head.per_draw.to_string());
        pair("Seed", &answers.head.seed.to_string());
        pair("Fingerprint of the model", &answers.head.fingerprint);
        if let Some(day) = &answers.head.as_of {
            pair("As of", day);
        }
        pair("Program", &format!("variorum {}", dossier.version));
    });
    footer.leaf("h3", &[("id", "reading")], "How to read it");
    for (name, text) in READING {
        footer.leaf("p", &[("id", &id("term", name))], text);
    }
    footer.leaf("p", &[("id", &id("term", "range"))], &sentences::capital(sentences::RANGE));
    if answers.evidence.is_some() {
        footer.leaf("p", &[("id", &id("term", "seen"))], SEEN);
    }
    footer.element("table", &[("class", "words"), ("id", &id("term", "words"))], |table| {
        table.leaf("caption", &[], "Words of estimative probability (Intelligence Community Directive 203)");
        for (low, high, word) in variorum::words::scale() {
            table.element("tr", &[], |row| {
                row.leaf("th", &[("scope", "row")], word);
                row.leaf("td", &[], &format!("{low}–{high}%"));
            });
        }
    });
}

/// How many parameter draws were played on condition of what was seen.
fn draws_after(evidence: &Evidence) -> Option<String> {
    let known = || evidence.readings.iter().filter(|reading| reading.state == State::Known).map(|of| of.draws);
    let (least, most) = (known().min()?, known().max()?);
    Some(if least == most { most.to_string() } else { format!("{least} to {most}") })
}

/// How many draws the answers after what was seen rest on.
fn small(evidence: &Evidence) -> Option<String> {
    let known = || evidence.readings.iter().filter(|reading| reading.state == State::Known).map(|of| of.effective);
    let least = known().reduce(plot::lesser)?;
    let most = known().reduce(plot::greater)?;
    let span = sentences::span(format!("{least:.0}"), &format!("{most:.0}"));
    Some(format!(
        " After what was seen the samples are small: the answers of a reading rest on as much as {span} draws of the parameters that \
         count alike would tell."
    ))
}

/// The rule of confidence in short.
const CONFIDENCE: &str = ", said apart from likelihood, is high where none of four things gives ground for doubt, moderate with one \
    of them, low with more: mostly assumed numbers, a wide interval, readings apart, a base rate of no case.";

/// What is pooled, after its name.
const POOLED: &str = ": the mean of all readings\u{2019} answers, the baseline included, each by its \
    weight (see What was seen). It is no vote of independent voices: readings that share the model in all that bears \
    on a question give the same answer, and each of them counts. Beside it stands how many readings are in it, and \
    how many different answers these gave before anything was seen.";

/// What a row with two dots shows.
const TWO_DOTS: &str = "In plots the small dot above is the answer before anything was seen, the large ones below it \
    are the answers on condition of what was seen: of readings that are one voice before it, each where it lies. \
    Bars are 90% intervals.";

/// What intervals contain, and what they leave out.
const INTERVALS: &str = "A 90% interval contains what not knowing the numbers is worth, and nothing else: it leaves \
    out that the answer is an estimate from a sample, whose standard error stands beside it as ± (in points), and \
    that the mechanisms may be wrong. Of several readings in one row the intervals are told from the lowest end to \
    the highest, and the largest error. An answer is a mean: where a few values of the numbers carry most of the \
    probability, it can lie near an end of its interval, or beyond. Where yeses are so few that the interval cannot be told from chance, it says \
    that the sample is too small to tell.";

/// What before and after mean.
const SEEN: &str = "Before: what follows from a reading's premises alone. After: the same among the trajectories that agree with what \
    was seen, each counting as much as the probability it gave to it. A weight says how well a reading foretold, compared with \
    the other readings in the model, what was seen since the last of them was written. All of them are wrong; a weight is no \
    measure of who is right, and it changes when a reading is added. All, alike: the mean of the readings' answers; by weight: \
    their mean by these weights.";

/// What the columns and plots mean.
const READING: [(&str, &str); 5] = [
    (
        "probability",
        "A probability is how often the answer was yes among all trajectories. Its 90% interval is approximate: were the numbers \
     known that nobody knows for certain, the probability would lie in it in nine cases out of ten. ± is the Monte Carlo \
     standard error, in points for probabilities: how much the answer would move if the dice were thrown anew. Readings share \
     their dice, so differences between them are more certain than that.",
    ),
    (
        "plots",
        "In plots of probabilities the shaded stripes are the regions of the standard words. A full dot is a reading of an author, \
     a hollow one the baseline; a bar is the 90% interval; a diamond with a dashed bar is what readers take a source's words \
     for: the middle one of them, and nine in ten. In plots of numbers the shape is the density of the outcomes, the areas of \
     all readings alike; a line marks the \
     median, a bar 90% of the outcomes, a thick line outcomes of one single value, a dashed line what the world answered.",
    ),
    (
        "confidence",
        "Confidence is high without any, moderate with one, and low with more of four grounds for doubt in the readings of authors: \
     more than half of the variance comes from assumed numbers in half of the readings; the 90% interval reaches over three \
     words or more in half of them (of a number: 90% of the outcomes spread over more than the size of the median); two \
     readings lie two words or more apart (of a number: a median lies outside another reading's 90%); a base rate on which the \
     answer can depend counts no case. Where it was not measured what an answer rests on, confidence is moderate at most.",
    ),
    (
        "statements",
        "A reading is the model with one author's claims. Own says that a claim is the author's; its number may be the modeller's all \
     the same, which assumed says. What an answer rests on is told of the answer from the premises alone, in shares of its \
     uncertainty, not of the answer. Authors and modeller may have known what these answers were not told.",
    ),
    (
        "certain",
        "An answer of exactly 0% or 100% says why: it follows from the structure of the reading, or it is what the sample has \
     shown, with the bound that the sample supports.",
    ),
];
