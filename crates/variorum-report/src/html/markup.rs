//! Writing markup that is well formed and escaped by construction.
//!
//! Names of elements and attributes are constants of this crate. Everything else, whatever a model's files say, gets in
//! through [`Markup::text`] or as the value of an attribute, and both escape it.

/// An attribute: its name and its value.
pub type Attribute<'a> = (&'static str, &'a str);

/// Elements after which the source breaks its line, for whoever reads it.
const BLOCKS: [&str; 22] = [
    "html", "head", "body", "header", "main", "nav", "section", "footer", "h1", "h2", "h3", "h4", "p", "li", "ul",
    "table", "tr", "thead", "tbody", "svg", "details", "style",
];

/// A piece of a page.
#[derive(Clone, Debug, Default)]
pub struct Markup {
    text: String,
}

impl Markup {
    /// Nothing yet.
    pub fn new() -> Markup {
        Markup::default()
    }

    /// Text, escaped.
    pub fn text(&mut self, text: &str) -> &mut Markup {
        escape(text, &mut self.text);
        self
    }

    /// An element with what is in it.
    pub fn element(&mut self, tag: &'static str, attributes: &[Attribute<'_>], inside: impl FnOnce(&mut Markup)) {
        self.open(tag, attributes);
        self.text.push('>');
        inside(self);
        self.text.push_str("</");
        self.text.push_str(tag);
        self.text.push('>');
        if BLOCKS.contains(&tag) {
            self.text.push('\n');
        }
    }

    /// An element with text in it.
    pub fn leaf(&mut self, tag: &'static str, attributes: &[Attribute<'_>], text: &str) {
        self.element(tag, attributes, |inside| {
            inside.text(text);
        });
    }

    /// An element that holds nothing: one of HTML's void elements, or of SVG.
    pub fn empty(&mut self, tag: &'static str, attributes: &[Attribute<'_>]) {
        self.open(tag, attributes);
        self.text.push_str("/>");
    }

    /// A constant of this crate as it is: the style sheet, the document type.
    pub fn constant(&mut self, text: &'static str) {
        self.text.push_str(text);
    }

    /// The markup as text.
    pub fn finish(self) -> String {
        self.text
    }

    fn open(&mut self, tag: &'static str, attributes: &[Attribute<'_>]) {
        self.text.push('<');
        self.text.push_str(tag);
        for (name, value) in attributes {
            self.text.push(' ');
            self.text.push_str(name);
            self.text.push_str("=\"");
            escape(value, &mut self.text);
            self.text.push('"');
        }
    }
}

/// Text that stands for itself in an element and in a quoted attribute. Control characters are shown as such.
fn escape(text: &str, into: &mut String) {
    for character in text.chars() {
        match character {
            '&' => into.push_str("&amp;"),
            '<' => into.push_str("&lt;"),
            '>' => into.push_str("&gt;"),
            '"' => into.push_str("&quot;"),
            '\'' => into.push_str("&#39;"),
            '\n' | '\t' => into.push(' '),
            control if control.is_control() => into.push('\u{fffd}'),
            other => into.push(other),
        }
    }
}

/// An identifier in the page for something of a model: unlike names have unlike identifiers.
pub fn id(kind: &str, name: &str) -> String {
    let mut id = format!("{kind}-");
    for character in name.chars() {
        if character.is_ascii_alphanumeric() || character == '-' {
            id.push(character);
        } else {
            id.push_str(&format!("_{:x}_", u32::from(character)));
        }
    }
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_written_becomes_markup() {
        let mut page = Markup::new();
        page.leaf("p", &[("title", "\"a\" & 'b'")], "<script>alert(1)</script> & \u{1b}[31m\u{0}");
        assert_eq!(
            page.finish(),
            "<p title=\"&quot;a&quot; &amp; &#39;b&#39;\">&lt;script&gt;alert(1)&lt;/script&gt; &amp; \u{fffd}[31m\u{fffd}</p>\n"
        );
    }

    #[test]
    fn identifiers_differ() {
        let names = ["a b", "a_b", "a.b", "a[b]", "A b", "a_20_b", "ä"];
        let ids: std::collections::BTreeSet<String> = names.iter().map(|name| id("q", name)).collect();
        assert_eq!(ids.len(), names.len());
        assert!(ids.iter().all(|id| id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')));
    }
}
