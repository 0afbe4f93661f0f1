//! What to look out for: observables of the next months by what they would tell.

use crate::Style;
use crate::layout::{self, WIDTH, as_of, pad, wrap};
use crate::seen;
use crate::sentences;
use variorum::watch::{Item, WatchList};
use variorum::words::percent;

/// Observables that are listed.
const ITEMS: usize = 20;
/// Readings that are named in a row; of more, those that differ most.
const NAMED: usize = 4;

/// The list of a watch.
#[must_use]
pub fn watch_list(list: &WatchList, style: Style) -> String {
    let [from, to] = &list.window;
    let mut out = vec![layout::heading(&list.head.model, "", style)];
    let about = match &list.question {
        Some(question) => format!("about the answer to {question}, all readings pooled by weight"),
        None => format!("about which of the readings fits best: {} bits at most", seen::bits(list.entropy)),
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
    if !told.is_empty() {
        out.push(String::new());
        out.push(style.faint(&format!("  {} {}  {}", pad("bits", 6, true), pad("floor", 6, true), "what")));
    }
    for item in told.iter().take(ITEMS) {
        out.push(self::item(item, list, style));
    }
    out.push(String::new());
    out.push(wrap(&rest(list, ITEMS), WIDTH, ""));
    for note in &list.notes {
        out.push(wrap(&format!("Note: {note}."), WIDTH, ""));
    }
    let mut legend = "Bits: mutual information, what is told by learning whether it comes about in that time, bias taken off; floor: what \
                      chance alone would show of an observable that tells nothing, with 1%. "
        .to_owned();
    legend.push_str(seen::WEIGHT);
    out.push(style.faint(&wrap(&legend, WIDTH, "")));
    out.join("\n") + "\n"
}

/// What tells more than chance would.
pub fn telling(list: &WatchList) -> Vec<&Item> {
    list.items.iter().filter(|item| item.bits > item.floor && item.bits > 0.0).collect()
}

/// How many are not shown, and why.
pub fn rest(list: &WatchList, most: usize) -> String {
    let told = telling(list).len();
    let cut = list.items.len() - told;
    let mut parts = Vec::new();
    if told == 0 {
        parts.push("Nothing that can be observed in that time tells more than chance would.".to_owned());
    } else if told > most {
        parts.push(format!("{} more tell less.", told - most));
    }
    if cut > 0 {
        parts.push(format!("{} below the noise floor.", sentences::count(cut, "observable")));
    }
    parts.join(" ")
}

/// What an item is called: its name, and its title where that says more.
pub fn called(item: &Item) -> String {
    let bare = item.name.split_once(' ').map_or(item.name.as_str(), |(_, bare)| bare);
    if item.title.is_empty() || item.title == item.name || item.title == bare {
        item.name.clone()
    } else {
        format!("{}: {}", item.name, item.title)
    }
}

/// Readings with shares, the largest first, so many of them.
pub fn shares(of: &[(&str, f64)], most: usize) -> String {
    let values: Vec<f64> = of.iter().map(|(_, share)| *share).collect();
    let mut parts: Vec<(&str, f64, String)> =
        of.iter().zip(sentences::percents(&values)).map(|((name, share), text)| (*name, *share, text)).collect();
    parts.sort_by(|a, b| b.1.total_cmp(&a.1));
    let rest = parts.len().saturating_sub(most);
    let mut text: Vec<String> = parts.iter().take(most).map(|(name, _, text)| format!("{name} {text}")).collect();
    if rest > 0 {
        text.push(if rest == 1 { "1 other".to_owned() } else { format!("{rest} others") });
    }
    text.join(", ")
}

/// How likely it is under each reading, or under those at the ends.
pub fn likelihoods(item: &Item, most: usize) -> String {
    let mut known: Vec<(&str, f64)> =
        item.readings.iter().filter_map(|reading| Some((reading.reading.as_str(), reading.probability?))).collect();
    known.sort_by(|a, b| b.1.total_cmp(&a.1));
    let shown = |(name, p): &(&str, f64)| format!("{name} {}", percent(*p));
    if known.len() <= most {
        return known.iter().map(shown).collect::<Vec<String>>().join(", ");
    }
    match known.as_slice() {
        [first, second, .., before, last] => {
            let (high, low) = ([shown(first), shown(second)].join(", "), [shown(before), shown(last)].join(", "));
            format!("{high} down to {low}")
        }
        _ => String::new(),
    }
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

fn item(item: &Item, list: &WatchList, style: Style) -> String {
    let indent = " ".repeat(2 + 6 + 1 + 6 + 2);
    let head = wrap(&called(item), WIDTH, &indent);
    let floor = small(item.floor);
    let mut out =
        vec![format!("  {} {}  {}", pad(&small(item.bits), 6, true), pad(&floor, 6, true), head.trim_start())];
    let mut line = |text: String| out.push(style.faint(&wrap(&text, WIDTH, &indent)));
    line(format!("likely: {}", likelihoods(item, NAMED)));
    match (&list.question, item.answer) {
        (Some(question), Some([if_seen, if_not])) => {
            line(format!("{question} if seen {}, if not {}", percent(if_seen), percent(if_not)));
        }
        _ => {
            line(format!("weights if seen: {}", weights(item, true, NAMED)));
            line(format!("weights if not: {}", weights(item, false, NAMED)));
        }
    }
    out.join("\n")
}

/// A small number of bits.
pub fn small(bits: f64) -> String {
    match bits {
        x if x.abs() < 0.0005 => "<.001".to_owned(),
        x if x.abs() < 0.0995 => format!("{x:.3}"),
        x => seen::bits(x),
    }
}
