//! Documents, numbered paragraphs and anchors
