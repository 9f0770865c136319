//! Atlassian Document Format.
use serde_json::Value;
use crate::domain::rich_text::RichText;
/// Reads a document.
pub fn parse_adf(_document: &Value) -> RichText { RichText::default() }
