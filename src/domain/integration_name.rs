//! What a linked Jira project is called on pages, and when the name of its connection belongs to it.
//!
//! Two connections may hold a Jira project with the same key or the same name, and then their work items have the
//! same keys too. Only then the connection is named: everywhere else it would be noise. Every page that names an
//! integration asks here, so that one integration has one name.

/// What names a linked Jira project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Integration<'a> {
    /// Key of the Jira project; empty before one is chosen.
    pub key: &'a str,
    /// Name of the Jira project; may be empty.
    pub name: &'a str,
    /// Name of its connection, unique.
    pub connection: &'a str,
}

impl Integration<'_> {
    fn label(self) -> String {
        match (self.key.is_empty(), self.name.is_empty()) {
            (false, false) => format!("{}, {}", self.key, self.name),
            (true, true) => "Jira project".to_owned(),
            _ => format!("{}{}", self.key, self.name),
        }
    }

    /// Whether a reader would take one for the other; letter case does not tell them apart.
    fn reads_like(self, other: Self) -> bool {
        let same = |one: &str, other: &str| one.to_lowercase() == other.to_lowercase();
        let same_key = !self.key.is_empty() && same(self.key, other.key);
        same_key || same(&self.label(), &other.label())
    }
}

/// The name of the connection where it is needed to tell `one` from another integration among `all` of the same
/// project, which may hold `one` itself.
pub fn telling_connection<'a, 'b>(
    one: Integration<'a>,
    all: impl IntoIterator<Item = Integration<'b>>,
) -> Option<&'a str> {
    all.into_iter()
        .any(|other| other.connection != one.connection && one.reads_like(other))
        .then_some(one.connection)
}

/// `BOOK, Booking Web`, with the connection behind it where that is needed: `BOOK, Booking Web (Halden Cloud)`.
/// `all` as for [`telling_connection`].
pub fn integration_name<'b>(one: Integration<'_>, all: impl IntoIterator<Item = Integration<'b>>) -> String {
    match telling_connection(one, all) {
        Some(connection) => format!("{} ({connection})", one.label()),
        None => one.label(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn integration<'a>(key: &'a str, name: &'a str, connection: &'a str) -> Integration<'a> {
        Integration {
            key,
            name,
            connection,
        }
    }

    fn names(all: &[Integration<'_>]) -> Vec<String> {
        all.iter()
            .map(|one| integration_name(*one, all.iter().copied()))
            .collect()
    }

    #[test]
    fn the_connection_is_named_only_where_it_tells_apart() {
        let web = integration("BOOK", "Booking Web", "Cloud");
        for (all, expected) in [
            (vec![web], vec!["BOOK, Booking Web"]),
            (
                vec![web, integration("PAY", "Payments", "Depot")],
                vec!["BOOK, Booking Web", "PAY, Payments"],
            ),
            // The same key on another site, whatever it is called there.
            (
                vec![
                    web,
                    integration("BOOK", "Books", "Depot"),
                    integration("PAY", "Payments", "Depot"),
                ],
                vec![
                    "BOOK, Booking Web (Cloud)",
                    "BOOK, Books (Depot)",
                    "PAY, Payments",
                ],
            ),
            (
                vec![integration("", "Web", "Cloud"), integration("", "web", "Depot")],
                vec!["Web (Cloud)", "web (Depot)"],
            ),
            // Drafts without a Jira project.
            (
                vec![integration("", "", "Cloud"), integration("", "", "Depot"), web],
                vec![
                    "Jira project (Cloud)",
                    "Jira project (Depot)",
                    "BOOK, Booking Web",
                ],
            ),
            // On one connection its name would tell nothing apart.
            (
                vec![integration("", "", "Cloud"), integration("", "", "Cloud")],
                vec!["Jira project", "Jira project"],
            ),
        ] {
            assert_eq!(names(&all), expected);
        }
    }

    proptest! {
        #[test]
        fn no_two_connections_read_alike(rows in proptest::collection::vec(("[ab]{0,1}", "[AB]{0,1}", 0usize..3), 0..6)) {
            let connections = ["One", "Two", "Three"];
            let all: Vec<_> = rows.iter().map(|(key, name, at)| integration(key, name, connections[*at])).collect();
            let names = names(&all);
            for (one, name) in all.iter().zip(&names) {
                for (other, like) in all.iter().zip(&names) {
                    prop_assert!(one.connection == other.connection || name.to_lowercase() != like.to_lowercase());
                }
            }
        }
    }
}
