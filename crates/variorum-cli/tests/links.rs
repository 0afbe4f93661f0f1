//! Links between the pages of the project lead somewhere: to a file, and to a heading in it. The table of contents
//! lists every page of the book.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};
use variorum::syntax::words::keywords;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn pages(folder: &Path, into: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for entry in entries {
        let name = entry.file_name().unwrap().to_string_lossy().into_owned();
        if entry.is_dir() && !name.starts_with('.') && !name.starts_with("target") {
            pages(&entry, into);
        } else if name.ends_with(".md") {
            into.push(entry);
        }
    }
}

/// What leads from a page and to it.
struct Page {
    links: Vec<String>,
    anchors: BTreeSet<String>,
}

/// The anchor of a heading, as GitHub and mdBook make it.
fn slug(heading: &str) -> String {
    let kept = heading.trim().to_lowercase();
    kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | ' ')).collect::<String>().replace(' ', "-")
}

fn read(text: &str) -> Page {
    let mut page = Page { links: Vec::new(), anchors: BTreeSet::new() };
    let mut heading: Option<String> = None;
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                page.links.push(dest_url.to_string())
            }
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::Text(words) | Event::Code(words) => {
                if let Some(heading) = &mut heading {
                    heading.push_str(&words);
                }
            }
            Event::End(TagEnd::Heading(_)) => {
                let slug = slug(&heading.take().unwrap_or_default());
                // A heading that comes again is numbered.
                let mut anchor = slug.clone();
                let mut number = 0;
                while !page.anchors.insert(anchor.clone()) {
                    number += 1;
                    anchor = format!("{slug}-{number}");
                }
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                for rest in html.split("id=\"").skip(1) {
                    page.anchors.extend(rest.split('"').next().map(str::to_owned));
                }
            }
            _ => {}
        }
    }
    page
}

/// Without `.` and `..`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    plain
}

fn all() -> BTreeMap<PathBuf, Page> {
    let mut list = Vec::new();
    pages(&root(), &mut list);
    assert!(list.len() > 50);
    list.into_iter().map(|path| (path.clone(), read(&std::fs::read_to_string(&path).unwrap()))).collect()
}

#[test]
fn links_lead_somewhere() {
    let pages = all();
    let mut wrong = Vec::new();
    let mut followed = 0;
    for (path, page) in &pages {
        let name = path.strip_prefix(root()).unwrap().display();
        let in_book = path.starts_with(root().join("book/src"));
        for link in &page.links {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            followed += 1;
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { path.clone() } else { plain(&path.parent().unwrap().join(file)) };
            if !target.exists() {
                wrong.push(format!("{name}: {link} is not there"));
            } else if in_book && !target.starts_with(root().join("book/src")) {
                wrong.push(format!("{name}: {link} leads out of the book, whose pages are read without the project"));
            } else if !anchor.is_empty() && !pages.get(&target).is_some_and(|page| page.anchors.contains(anchor)) {
                wrong.push(format!("{name}: {link} names no heading"));
            }
        }
    }
    assert!(followed > 100, "only {followed} links were found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_contents_list_every_page_once() {
    let source = root().join("book/src");
    let mut files = Vec::new();
    pages(&source, &mut files);
    let contents = source.join("SUMMARY.md");
    let listed: Vec<PathBuf> =
        read(&std::fs::read_to_string(&contents).unwrap()).links.iter().map(|link| plain(&source.join(link))).collect();
    let mut wrong = Vec::new();
    for file in files.iter().filter(|file| **file != contents) {
        let times = listed.iter().filter(|listed| *listed == file).count();
        if times != 1 {
            wrong.push(format!("{} stands {times} times in SUMMARY.md", file.strip_prefix(&source).unwrap().display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every keyword has a heading in the reference, so that each kind of statement is described.
#[test]
fn every_statement_is_described() {
    let mut files = Vec::new();
    pages(&root().join("book/src/reference"), &mut files);
    let headings: BTreeSet<String> =
        files.iter().flat_map(|file| read(&std::fs::read_to_string(file).unwrap()).anchors).collect();
    // `for each` has the anchor `for-each`.
    let described = |keyword: &&str| headings.iter().any(|heading| heading.split('-').next() == Some(*keyword));
    let (described, missing): (Vec<&str>, Vec<&str>) = keywords().partition(described);
    assert!(missing.is_empty(), "no page has a heading for {missing:?}");
    assert!(described.len() >= 27, "only {} statements are known", described.len());
}

/// The check sees what is wrong: a missing file, a missing heading, and headings that come again.
#[test]
fn slugs_are_those_of_the_renderers() {
    assert_eq!(slug("How it was tested"), "how-it-was-tested");
    assert_eq!(slug("`P per year`, and more"), "p-per-year-and-more");
    let page = read("# One\n\n## Same `x`\n\n## Same x\n\n<a id=\"own\"></a>\n\n[a](b.md#c)\n");
    let anchors: Vec<&str> = page.anchors.iter().map(String::as_str).collect();
    assert_eq!(anchors, ["one", "own", "same-x", "same-x-1"]);
    assert_eq!(page.links, ["b.md#c"]);
}
