//! Finding what a misspelt name may have meant.

/// Names longer than so many characters are no misspelt ones.
const LONGEST: usize = 64;
/// So many candidates of a fitting length are looked at: in the largest models a hint must not cost more than the rest.
const MOST: usize = 200;

/// The candidate nearest to `name`, if one is near enough to be what was meant. To a name of one letter none is near:
/// any other letter would be.
pub fn nearest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > 4 * LONGEST {
        return None;
    }
    let (lower, length) = (name.to_lowercase(), name.chars().count());
    let fitting = candidates.filter(|candidate| candidate.len() <= 4 * LONGEST).filter_map(|candidate| {
        let other = candidate.chars().count();
        let shorter = other.min(length);
        let allowed = if shorter < 2 { 0 } else { 1 + shorter / 4 };
        (other.abs_diff(length) <= allowed).then_some((candidate, allowed))
    });
    fitting
        .take(MOST)
        .map(|(candidate, allowed)| {
            (strsim::damerau_levenshtein(&lower, &candidate.to_lowercase()), allowed, candidate)
        })
        .filter(|(distance, allowed, _)| distance <= allowed)
        .min_by_key(|(distance, _, candidate)| (*distance, *candidate))
        .map(|(_, _, candidate)| candidate)
}

/// How many names of a list are shown.
const SHOWN: usize = 8;

/// The first few of a list, for a message: `a, b, c and 4 more`.
pub fn some<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let (mut first, mut count) = (Vec::new(), 0);
    for name in names {
        if first.len() < SHOWN {
            first.push(name);
        }
        count += 1;
    }
    shown(&first, count)
}

/// As [`some`], of a list of `count` names whose first few are given.
pub fn some_of(first: &[String], count: usize) -> String {
    shown(&first.iter().map(String::as_str).collect::<Vec<_>>(), count)
}

fn shown(names: &[&str], count: usize) -> String {
    let shown = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    match count.saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
