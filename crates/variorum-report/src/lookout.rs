//! What to look out for: observables of the next months by what they would tell.

use crate::Style;
use crate::layout::{self, WIDTH, as_of, pad, wrap};
use crate::seen;
use crate::sentences;
use variorum::watch::{Absent, Item, ItemReading, Needless, WatchList};
use variorum::words::percent;

/// Observables that are listed.
const ITEMS: usize = 20;
/// So many observables that are left out are named.
const LEFT: usize = 12;
/// Readings that are named in a row; of more, those that differ most.
const NAMED: usize = 4;

/// The list of a watch.
#[must_use]
pub fn watch_list(list: &WatchList, style: Style) -> String {
    let [from, to] = &list.window;
    let mut out = vec![layout::heading(&list.head.model, "", style)];
    let most = seen::bits(list.entropy);
    let about = match &list.question {
        Some(question) => format!("about the answer to {question}, all readings pooled by weight: {most} bits at most"),
        None => format!("about which of the readings fits best: {most} bits at most"),
    };
    out.push(wrap(
        &format!("{}: what would tell most {about}.", sentences::window(&[from.clone(), to.clone()])),
        WIDTH,
        "",
    ));
    let how = format!("seed {}, model {}.", list.head.seed, list.head.fingerprint);
    out.push(style.faint(&wrap(&how, WIDTH, "")));
    out.extend(as_of(list.head.as_of.as_deref()));
    if !list.head.complete {
        out.push("Interrupted: this rests on what was done until then.".to_owned());
    }
    out.push(String::new());
    let now: Vec<(&str, f64)> = list.weights.iter().map(|weight| (weight.reading.as_str(), weight.weight)).collect();
    out.push(wrap(&format!("weights now: {}", shares(&now, usize::MAX)), WIDTH, "  "));
    let told = telling(list);
    if let Some(little) = little(list) {
        out.push(String::new());
        out.push(wrap(&little, WIDTH, ""));
    }
    if !told.is_empty() {
        out.push(String::new());
        out.push(style.faint(&format!("  {} {}  {}", pad("bits", 6, true), pad("floor", 6, true), "what")));
    }
    for group in alike(&told).iter().take(ITEMS) {
        out.extend(self::item(group, list, style));
    }
    out.push(String::new());
    out.push(wrap(&rest(list, ITEMS), WIDTH, ""));
    for note in &list.notes {
        out.push(wrap(&format!("Note: {note}."), WIDTH, ""));
    }
    let mut legend = format!(
        "Bits: mutual information, what is told by learning whether it comes about in that time, bias taken off; floor: {FLOOR}. "
    );
    if list.question.is_some() {
        legend.push_str("+-: Monte Carlo standard error. ");
    }
    legend.push_str(seen::WEIGHT);
    out.push(style.faint(&wrap(&legend, WIDTH, "")));
    out.join("\n") + "\n"
}

/// What tells more than chance would.
pub fn telling(list: &WatchList) -> Vec<&Item> {
    list.items.iter().filter(|item| item.bits > item.floor && item.bits > 0.0).collect()
}

/// So little may what items tell differ if they are to be told together: probabilities relative to the larger, shares.
const NEAR: f64 = 0.1;
const SHARE: f64 = 0.02;

/// The items in their order, those together that come to nearly the same, which the first of them stands for.
pub fn alike<'l>(told: &[&'l Item]) -> Vec<Vec<&'l Item>> {
    let mut groups: Vec<Vec<&Item>> = Vec::new();
    for item in told {
        match groups.iter_mut().find(|group| group.first().is_some_and(|first| nearly(first, item))) {
            Some(group) => group.push(item),
            None => groups.push(vec![item]),
        }
    }
    groups
}

/// Whether two items are as likely in every reading that has both, and leave all weights, and the question's answer, about where
/// the other does.
fn nearly(a: &Item, b: &Item) -> bool {
    let likely = |(a, b): (&ItemReading, &ItemReading)| match (a.probability, b.probability) {
        (Some(p), Some(q)) if a.absent.is_none() && b.absent.is_none() => {
            (p - q).abs() <= NEAR * if p > q { p } else { q }
        }
        _ => true,
    };
    let close = |p: f64, q: f64| (p - q).abs() <= SHARE;
    let left = |(a, b): (&ItemReading, &ItemReading)| close(a.if_seen, b.if_seen) && close(a.if_not, b.if_not);
    let both = || a.readings.iter().zip(&b.readings);
    let answers = match (a.answer, b.answer) {
        (Some([a, b]), Some([c, d])) => close(a, c) && close(b, d),
        (a, b) => a.is_none() && b.is_none(),
    };
    let some = both().any(|(a, b)| a.absent.is_none() && b.absent.is_none() && a.probability > Some(0.0));
    answers && some && both().all(likely) && both().all(left)
}

/// `Nearly the same: clashed`, of the items that another stands for.
pub fn nearly_the_same(group: &[&Item], called: &dyn Fn(&Item) -> String) -> Option<String> {
    let names: Vec<String> = group.iter().skip(1).map(|item| called(item)).collect();
    (!names.is_empty()).then(|| format!("nearly the same: {}", names.join("; ")))
}

/// What the noise floor is.
pub const FLOOR: &str = "what chance alone would show in a list of which nothing tells, with 5% for the whole list";

/// Below this share of what is to be learned, little is.
const LITTLE: f64 = 0.05;

/// That little is to be learned at all, if that is so: bits alone do not say it.
pub fn little(list: &WatchList) -> Option<String> {
    let most = telling(list).iter().map(|item| item.bits).reduce(|a, b| if b > a { b } else { a }).unwrap_or(0.0);
    if list.entropy <= 0.0 || most >= LITTLE * list.entropy {
        return None;
    }
    let what = match &list.question {
        Some(question) => format!("decide {question}"),
        None => "tell the readings apart".to_owned(),
    };
    let worth = if most > 0.0 {
        format!("what tells most is worth {} of {} bits", small(most), seen::bits(list.entropy))
    } else {
        format!("of {} bits nothing stands out from chance", seen::bits(list.entropy))
    };
    Some(format!("Nothing in these months will {what}: {worth}."))
}

/// How many are not shown, and why.
pub fn rest(list: &WatchList, most: usize) -> String {
    rest_named(list, most, &str::to_owned)
}

/// The same with the observables called otherwise.
pub fn rest_named(list: &WatchList, most: usize, named: &dyn Fn(&str) -> String) -> String {
    let telling = telling(list);
    let shown: usize = alike(&telling).iter().take(most).map(Vec::len).sum();
    let told = telling.len();
    let cut = list.items.len() - told;
    let mut parts = Vec::new();
    // That is what `little` says of a list in which nothing tells, if there is anything to be told.
    if told == 0 && list.entropy <= 0.0 {
        parts.push("There is nothing to be told.".to_owned());
    } else if told > shown {
        parts.push(format!("{} more tell less.", told - shown));
    }
    if cut > 0 {
        parts.push(format!("{} below the noise floor.", sentences::count(cut, "observable")));
    }
    for (why, what) in [
        (Needless::Answer, "it is the answer itself"),
        (Needless::Certain, "already so, or sure to come, in all readings"),
        (Needless::Never, "came about in no trajectory"),
    ] {
        let names = list
            .left_out
            .iter()
            .filter(|left| left.why == why)
            .map(|left| format!("{}{}", named(&left.name), whose(list, &left.only)));
        let names: Vec<String> = names.collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        match names.len() {
            0 => {}
            // What never comes about may be much.
            number if number > LEFT => {
                parts.push(format!("Left out: {} ({what}).", sentences::count(number, "observable")))
            }
            _ => parts.push(format!("Left out: {} ({what}).", sentences::list(&names))),
        }
    }
    parts.join(" ")
}

/// ` (only in birch)`, or ` (not in baseline)` where more have it than have not; nothing where all have.
fn whose(list: &WatchList, only: &[String]) -> String {
    let all = list.weights.iter().map(|weight| weight.reading.as_str());
    let lacking: Vec<&str> = all.filter(|name| !only.iter().any(|having| having == name)).collect();
    let having: Vec<&str> = only.iter().map(String::as_str).collect();
    match () {
        () if having.is_empty() || lacking.is_empty() => String::new(),
        () if having.len() < lacking.len() => format!(" (only in {})", sentences::list(&having)),
        () => format!(" (not in {})", sentences::list(&lacking)),
    }
}

/// So many readings are named that alone have something.
const FEW: usize = 3;

/// What an item is called: its name, and its title where that says more.
pub fn called(item: &Item) -> String {
    let bare = item.name.split_once(' ').map_or(item.name.as_str(), |(_, bare)| bare);
    if item.title.is_empty() || item.title == item.name || item.title == bare {
        item.name.clone()
    } else if item.title.starts_with(&item.name) {
        item.title.clone()
    } else {
        format!("{}: {}", item.name, item.title)
    }
}

/// Readings with shares, the largest first, so many of them; of the others what they have together. Nobody is named for
/// having nothing.
pub fn shares(of: &[(&str, f64)], most: usize) -> String {
    let values: Vec<f64> = of.iter().map(|(_, share)| *share).collect();
    let mut parts: Vec<(&str, f64, String)> =
        of.iter().zip(sentences::percents(&values)).map(|((name, share), text)| (*name, *share, text)).collect();
    parts.sort_by(|a, b| b.1.total_cmp(&a.1));
    parts.retain(|(_, share, _)| *share > 0.0);
    let most = if parts.len() == most + 1 { parts.len() } else { most };
    let mut text: Vec<String> = parts.iter().take(most).map(|(name, _, text)| format!("{name} {text}")).collect();
    let rest = parts.get(most..).unwrap_or_default();
    if !rest.is_empty() {
        let sum = rest.iter().fold(0.0, |sum, (_, share, _)| sum + share);
        text.push(format!("{} others {}", rest.len(), sentences::whole(sum)));
    }
    if text.is_empty() { "none".to_owned() } else { text.join(", ") }
}

/// How likely it is under each reading, or under those at the ends.
pub fn likelihoods(item: &Item, most: usize) -> String {
    let there = item.readings.iter().filter(|reading| reading.absent.is_none());
    let mut known: Vec<(&str, f64)> =
        there.filter_map(|reading| Some((reading.reading.as_str(), reading.probability?))).collect();
    known.sort_by(|a, b| b.1.total_cmp(&a.1));
    let shown = |(name, p): &(&str, f64)| format!("{name} {}", percent(*p));
    let (Some((_, first)), Some((_, last))) = (known.first(), known.last()) else { return String::new() };
    if known.len() > 1 && percent(*first) == percent(*last) {
        let which = if item.readings.iter().any(|reading| reading.absent.is_some()) { "all others" } else { "all" };
        return format!("{} in {which}", percent(*first));
    }
    if known.len() <= most {
        return known.iter().map(shown).collect::<Vec<String>>().join(", ");
    }
    // Those at the lower end that look alike are one.
    let (same, others): (Vec<_>, Vec<_>) = known.iter().partition(|(_, p)| percent(*p) == percent(*last));
    let high = others.iter().take(2).map(shown).collect::<Vec<String>>().join(", ");
    let low = match same.as_slice() {
        [(name, p)] => format!("{name} {}", percent(*p)),
        same => format!("{} in {} others", percent(*last), same.len()),
    };
    format!("{high} down to {low}")
}

/// The readings that have it, where they are few beside those that have not.
fn only(item: &Item) -> Option<Vec<&str>> {
    let having = item.readings.iter().filter(|reading| reading.absent.is_none());
    let having: Vec<&str> = having.map(|reading| reading.reading.as_str()).collect();
    let lacking = item.readings.len() - having.len();
    (!having.is_empty() && having.len() <= FEW && having.len() < lacking).then_some(having)
}

/// The readings in which it cannot be, and why: `— baseline: no such choice`; or those that alone have it.
pub fn lacking(item: &Item) -> Vec<String> {
    if let Some(only) = only(item) {
        return vec![format!("— only in {}", sentences::list(&only))];
    }
    let kind = match item.name.split_once(' ') {
        Some((kind @ ("event" | "choice"), _)) => kind,
        _ => "quantity",
    };
    let whys = [(Absent::NotThere, format!("no such {kind}")), (Absent::Impossible, "cannot come about".to_owned())];
    let named = whys.into_iter().filter_map(|(absent, why)| {
        let names = item.readings.iter().filter(|reading| reading.absent == Some(absent));
        let names: Vec<&str> = names.map(|reading| reading.reading.as_str()).collect();
        (!names.is_empty()).then(|| format!("— {}: {why}", sentences::list(&names)))
    });
    named.collect()
}

/// The same in a few words: `, cannot be in baseline`.
pub fn nowhere(item: &Item) -> String {
    if let Some(only) = only(item) {
        return format!(", only in {}", sentences::list(&only));
    }
    let names = item.readings.iter().filter(|reading| reading.absent.is_some());
    let names: Vec<&str> = names.map(|reading| reading.reading.as_str()).collect();
    if names.is_empty() { String::new() } else { format!(", cannot be in {}", sentences::list(&names)) }
}

/// The weights after it is seen, or after it is not.
pub fn weights(item: &Item, seen: bool, most: usize) -> String {
    let of: Vec<(&str, f64)> = item
        .readings
        .iter()
        .map(|reading| (reading.reading.as_str(), if seen { reading.if_seen } else { reading.if_not }))
        .collect();
    shares(&of, most)
}

fn item(group: &[&Item], list: &WatchList, style: Style) -> Option<String> {
    let item = *group.first()?;
    let indent = " ".repeat(2 + 6 + 1 + 6 + 2);
    let head = wrap(&called(item), WIDTH, &indent);
    let floor = small(item.floor);
    let mut out =
        vec![format!("  {} {}  {}", pad(&small(item.bits), 6, true), pad(&floor, 6, true), head.trim_start())];
    let mut line = |text: String| out.push(style.faint(&wrap(&text, WIDTH, &indent)));
    line(format!("likely: {}", [vec![likelihoods(item, NAMED)], lacking(item)].concat().join(" ")));
    match (&list.question, item.answer) {
        (Some(question), Some([if_seen, if_not])) => {
            let [seen, not] = answers([if_seen, if_not], item.answer_error);
            line(format!("{question} if seen {seen}, if not {not}"));
        }
        _ => {
            line(format!("weights if seen: {}", weights(item, true, NAMED)));
            line(format!("weights if not: {}", weights(item, false, NAMED)));
        }
    }
    if let Some(same) = nearly_the_same(group, &called) {
        line(same);
    }
    Some(out.join("\n"))
}

/// The answers if it is seen and if it is not, with their errors.
pub fn answers(of: [f64; 2], errors: Option<[f64; 2]>) -> [String; 2] {
    let [seen, not] = of.map(percent);
    match errors.map(|errors| errors.map(sentences::points)) {
        Some([of_seen, of_not]) => [format!("{seen} +-{of_seen}"), format!("{not} +-{of_not}")],
        None => [seen, not],
    }
}

/// A small number of bits.
pub fn small(bits: f64) -> String {
    match bits {
        x if x.abs() < 0.0005 => "<.001".to_owned(),
        x if x.abs() < 0.0995 => format!("{x:.3}"),
        x => seen::bits(x),
    }
}
