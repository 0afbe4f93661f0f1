//! What to look out for.

use crate::Style;
use crate::layout::{WIDTH, pad, wrap};
use variorum::watch::WatchList;
use variorum::words::percent;

/// The list, the most telling first.
#[must_use]
pub fn watch_list(list: &WatchList, style: Style) -> String {
    let [from, to] = &list.window;
    let mut out = vec![style.strong(&wrap(&list.head.model, WIDTH, "")), format!("What to watch for, {from} to {to}:")];
    for item in list.items.iter().filter(|item| item.bits > item.floor) {
        out.push(format!("  {} {:>6.3} bits", pad(&item.name, 40, false), item.bits));
        for reading in &item.readings {
            let probability = reading.probability.map_or_else(|| "-".to_owned(), percent);
            out.push(format!("      {} {probability}", pad(&reading.reading, 20, false)));
        }
    }
    out.join("\n") + "\n"
}
