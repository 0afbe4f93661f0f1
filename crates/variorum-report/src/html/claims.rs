//! Who says what: a matrix of claims by sources, the contradictions, and every claim with its passages.

use super::markup::{Attribute, Markup, id};
use super::{statements, table};
use crate::dossier::Dossier;
use crate::sentences::{self, count};
use std::collections::BTreeMap;
use variorum::compare::{ClaimRow, Comparison, Speaker, StanceRow};

/// The claims by sources.
pub fn claims(into: &mut Markup, dossier: &Dossier) {
    let comparison = &dossier.comparison;
    let places = statements::places(dossier);
    let speaking: Vec<&Speaker> = comparison.sources.iter().filter(|source| source.claims > 0).collect();
    into.element("p", &[], |p| {
        p.text(&format!(
            "{} by {}, in the order of their dates. No number is needed for this part. A source that says nothing of a \
             claim is silent, which is not agreement.",
            count(comparison.claims.len(), "claim"),
            count(speaking.len(), "source")
        ));
    });
    sources(into, comparison);
    contradictions(into, comparison);
    into.leaf("h3", &[("id", "matrix")], "Claims by sources");
    into.leaf(
        "p",
        &[("class", "legend")],
        "+ asserts, ? doubts, \u{2212} denies, · silent. Claims that some assert and others doubt or deny are marked !.",
    );
    matrix(into, comparison, &speaking);
    into.leaf("h3", &[("id", "passages")], "Every claim with its passages");
    into.leaf(
        "p",
        &[("class", "legend")],
        "A passage is given as paragraph.first word-last word#fingerprint of its words; whoever has the text can verify it.",
    );
    into.element("details", &[], |details| {
        details.leaf("summary", &[], &count(comparison.claims.len(), "claim"));
        for claim in &comparison.claims {
            passages(details, claim, &places);
        }
    });
}

fn sources(into: &mut Markup, comparison: &Comparison) {
    into.leaf("h3", &[("id", "sources")], "Sources, by date");
    table::table(into, "sources", "The sources", &["Date", "Source", "", "Claims"], |body| {
        for source in &comparison.sources {
            table::row(body, "", |cells| {
                table::text(cells, "number", "", source.known.as_deref().unwrap_or("no date"));
                table::head(cells, |head| {
                    head.text(&source.key);
                });
                table::cell(cells, "title", "", |cell| {
                    cell.leaf("cite", &[], &source.title);
                    if let Some(by) = &source.by {
                        cell.text(&format!(", {by}"));
                    }
                    cell.text(&sentences::quoted(source));
                });
                table::text(cells, "number", "claims ", &source.claims.to_string());
            });
        }
    });
}

fn contradictions(into: &mut Markup, comparison: &Comparison) {
    into.leaf("h3", &[("id", "contradictions")], "Where they contradict each other");
    let contradicted: Vec<&ClaimRow> = comparison.claims.iter().filter(|claim| claim.contradicted).collect();
    if contradicted.is_empty() {
        into.leaf("p", &[], "Nowhere, as far as the model records it.");
        return;
    }
    into.element("ul", &[("class", "plain")], |list| {
        for claim in contradicted {
            list.element("li", &[("class", "contradiction")], |item| {
                item.leaf("a", &[("href", &format!("#{}", id("c", &claim.key)))], &claim.text);
                for stance in &claim.stances {
                    item.text(" ");
                    item.element("span", &[("class", "stance")], |span| one(span, stance));
                }
            });
        }
    });
}

/// `lee asserts 4.49-62#…`.
fn one(into: &mut Markup, stance: &StanceRow) {
    into.leaf("b", &[], &stance.source);
    into.text(&format!(" {} ", stance.stance));
    into.leaf("span", &[("class", "anchor")], &stance.anchors.join(", "));
}

fn matrix(into: &mut Markup, comparison: &Comparison, speaking: &[&Speaker]) {
    let region = [("class", "wide"), ("tabindex", "0"), ("role", "region"), ("aria-label", "Claims by sources")];
    into.element("div", &region, |wide| {
        wide.element("table", &[("class", "matrix")], |table| {
            table.leaf("caption", &[("class", "unseen")], "Claims by sources");
            table.element("thead", &[], |head| {
                head.element("tr", &[], |row| {
                    row.leaf("th", &[("scope", "col")], "Claim");
                    for source in speaking {
                        row.element("th", &[("scope", "col"), ("class", "upright")], |cell| {
                            cell.leaf("span", &[], &source.key);
                        });
                    }
                });
            });
            table.element("tbody", &[], |body| {
                for claim in &comparison.claims {
                    let mut attributes: Vec<Attribute<'_>> = Vec::new();
                    if claim.contradicted {
                        attributes.push(("class", "contradicted"));
                    }
                    body.element("tr", &attributes, |row| {
                        row.element("th", &[("scope", "row")], |head| {
                            head.leaf("a", &[("href", &format!("#{}", id("c", &claim.key)))], &claim.text);
                            if claim.contradicted {
                                head.text(" ");
                                head.leaf("b", &[("title", "contradicted")], "!");
                            }
                        });
                        for source in speaking {
                            mark(row, claim, source);
                        }
                    });
                }
            });
        });
    });
}

fn mark(row: &mut Markup, claim: &ClaimRow, source: &Speaker) {
    let stance = claim.stances.iter().find(|stance| stance.source == source.key).map(|stance| stance.stance.as_str());
    match stance {
        // A dot in each of thousands of empty cells comes from the style sheet.
        None => row.element("td", &[], |_| {}),
        Some(stance) => {
            let (class, sign) = match stance {
                "asserts" => ("yes", "+"),
                "doubts" => ("doubt", "?"),
                _ => ("no", "\u{2212}"),
            };
            row.leaf("td", &[("class", class), ("aria-label", stance)], sign);
        }
    }
}

fn passages(into: &mut Markup, claim: &ClaimRow, places: &BTreeMap<String, String>) {
    into.element("section", &[("class", "claim"), ("id", &id("c", &claim.key))], |section| {
        section.element("p", &[], |p| {
            p.leaf("b", &[], &claim.text);
            p.text(" ");
            p.leaf("code", &[], &claim.key);
            if claim.contradicted {
                p.text(" ");
                p.leaf("b", &[("class", "flag")], "! contradicted");
            }
        });
        if let Some(note) = &claim.note {
            section.leaf("p", &[("class", "faint")], note);
        }
        for stance in &claim.stances {
            section.element("p", &[("class", "stance")], |p| one(p, stance));
        }
        if !claim.statements.is_empty() {
            section.element("p", &[("class", "faint")], |p| {
                p.text("behind ");
                // What a statement says of several entities stands at one place.
                let mut rows: Vec<String> = Vec::new();
                for path in &claim.statements {
                    let row = places.get(path.as_str()).map_or(path.as_str(), String::as_str);
                    if !rows.iter().any(|known| known == row) {
                        rows.push(row.to_owned());
                    }
                }
                let here = |row: &String| places.values().any(|place| *place == *row);
                let (linked, plain): (Vec<String>, Vec<String>) = rows.into_iter().partition(here);
                links(p, "s", &linked);
                if !linked.is_empty() && !plain.is_empty() {
                    p.text(", ");
                }
                p.text(&plain.join(", "));
            });
        }
        if !claim.forecasts.is_empty() {
            section.element("p", &[("class", "faint")], |p| {
                p.text("a forecast on ");
                links(p, "q", &claim.forecasts);
            });
        }
    });
}

/// Names with links to what they name.
pub fn links(into: &mut Markup, kind: &str, names: &[String]) {
    for (place, name) in names.iter().enumerate() {
        if place > 0 {
            into.text(", ");
        }
        into.leaf("a", &[("href", &format!("#{}", id(kind, name)))], name);
    }
}
