//! Queries in Jira's language, built so that no value can leave its place.
//!
//! Text goes in quotes with `\` and `"` escaped and control characters dropped; ids are digits or
//! quoted. It must never take a ready piece of JQL from outside.

use std::fmt::Write as _;

/// A query without its order; the client adds a stable one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Jql {
    clauses: Vec<String>,
}

impl Jql {
    /// Everything in one project. Jira Cloud refuses a query without any restriction.
    pub fn in_project(project_id: &str) -> Self {
        Self::default().and("project", "=", &literal(project_id))
    }

    /// Of these types, by id. An empty list restricts nothing.
    #[must_use]
    pub fn of_types(self, type_ids: &[String]) -> Self {
        self.one_of("issuetype", type_ids)
    }

    /// In one of these statuses, by id.
    #[must_use]
    pub fn in_statuses(self, status_ids: &[String]) -> Self {
        self.one_of("status", status_ids)
    }

    /// With one of these priorities, by id.
    #[must_use]
    pub fn with_priorities(self, priority_ids: &[String]) -> Self {
        self.one_of("priority", priority_ids)
    }

    /// With one of these resolutions, by id.
    #[must_use]
    pub fn with_resolutions(self, resolution_ids: &[String]) -> Self {
        self.one_of("resolution", resolution_ids)
    }

    /// Without a resolution.
    #[must_use]
    pub fn unresolved(self) -> Self {
        self.and("resolution", "is", "EMPTY")
    }

    /// With this option in a custom field, `customfield_10020`.
    #[must_use]
    pub fn with_option(self, field_id: &str, option_id: &str) -> Self {
        self.and(&field_name(field_id), "=", &literal(option_id))
    }

    /// With nothing in a field of this name in Jira's language; a custom field by its id,
    /// `customfield_10020`.
    #[must_use]
    pub fn without(self, field: &str) -> Self {
        self.and(&field_name(field), "is", "EMPTY")
    }

    /// With none of these values in a field; an empty list restricts nothing. Jira's `not in` alone would
    /// leave out what has no value at all.
    #[must_use]
    pub fn with_none_of(mut self, field: &str, ids: &[String]) -> Self {
        if !ids.is_empty() {
            let list = ids.iter().map(|id| literal(id)).collect::<Vec<_>>().join(", ");
            let field = field_name(field);
            self.clauses
                .push(format!("({field} is EMPTY OR {field} not in ({list}))"));
        }
        self
    }

    /// With these issue ids.
    #[must_use]
    pub fn with_ids(self, issue_ids: &[String]) -> Self {
        self.one_of("id", issue_ids)
    }

    /// The query as text.
    pub fn build(&self) -> String {
        self.clauses.join(" AND ")
    }

    fn one_of(self, field: &str, ids: &[String]) -> Self {
        if ids.is_empty() {
            return self;
        }
        let list = ids.iter().map(|id| literal(id)).collect::<Vec<_>>().join(", ");
        self.and(field, "in", &format!("({list})"))
    }

    fn and(mut self, field: &str, operator: &str, value: &str) -> Self {
        self.clauses.push(format!("{field} {operator} {value}"));
        self
    }
}

impl std::fmt::Display for Jql {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.build())
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.len() <= 18 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// An id: digits as they are, anything else in quotes.
fn literal(id: &str) -> String {
    if is_number(id) { id.to_owned() } else { quote(id) }
}

/// A field as the language names it: a custom field by its number, a plain word as it is, anything else
/// quoted as a name.
fn field_name(field: &str) -> String {
    match field.strip_prefix("customfield_") {
        Some(number) if is_number(number) => format!("cf[{number}]"),
        _ if !field.is_empty() && field.bytes().all(|byte| byte.is_ascii_alphabetic()) => field.to_owned(),
        _ => quote(field),
    }
}

/// A text in quotes. Newline and tab are kept as escapes, other control characters are dropped.
pub fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                let _ = write!(out, "\\{c}");
            }
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn clauses_are_joined_and_ids_stay_bare() {
        let jql = Jql::in_project("10000")
            .of_types(&["1".to_owned(), "2".to_owned()])
            .in_statuses(&[])
            .with_option("customfield_10020", "7");
        assert_eq!(
            jql.build(),
            "project = 10000 AND issuetype in (1, 2) AND cf[10020] = 7"
        );
    }

    #[test]
    fn fields_without_values() {
        let ids = ["7".to_owned(), "8".to_owned()];
        let jql = Jql::in_project("1")
            .with_none_of("fixVersion", &ids)
            .with_none_of("sprint", &[]);
        assert_eq!(
            jql.without("due").without("customfield_10020").build(),
            "project = 1 AND (fixVersion is EMPTY OR fixVersion not in (7, 8)) AND due is EMPTY AND cf[10020] is EMPTY"
        );
        assert_eq!(
            Jql::default().without("due is EMPTY OR x").build(),
            "\"due is EMPTY OR x\" is EMPTY"
        );
    }

    /// The text of a quoted literal that ends exactly at the end of the input.
    fn unquote(text: &str) -> Option<String> {
        let mut chars = text.strip_prefix('"')?.chars();
        let mut out = String::new();
        loop {
            match chars.next()? {
                '"' => return chars.next().is_none().then_some(out),
                '\\' => match chars.next()? {
                    'n' => out.push('\n'),
                    't' => out.push('\t'),
                    c @ ('"' | '\\') => out.push(c),
                    _ => return None,
                },
                c => out.push(c),
            }
        }
    }

    #[test]
    fn attacks_stay_inside_their_quotes() {
        for text in [
            "\" OR project = X",
            "\\\" OR 1",
            "X\\",
            "AND",
            "\u{202e}\"",
            "a\r\nb",
            "') OR (",
            "\\u0022 OR",
        ] {
            let jql = Jql::in_project(text).build();
            let literal = jql.strip_prefix("project = ").unwrap();
            let kept: String = text
                .chars()
                .filter(|c| !c.is_control() || *c == '\n' || *c == '\t')
                .collect();
            assert_eq!(unquote(literal), Some(kept), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_comes_back_as_one_literal(text in "\\PC*|.*") {
            let kept: String = text.chars().filter(|c| !c.is_control() || *c == '\n' || *c == '\t').collect();
            prop_assert_eq!(unquote(&quote(&text)), Some(kept));
        }
    }
}
