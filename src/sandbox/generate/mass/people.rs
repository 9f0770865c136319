//! The people of a generated world beside the accounts.

use super::super::rng::Rng;
use crate::{domain::jira::Deployment, sandbox::accounts::Account};

/// Somebody who reports and works but has no token here.
#[derive(Clone, Debug)]
pub(super) struct Person {
    /// `accountId` on Cloud, `key` on Data Center.
    pub(super) id: String,
    /// Data Center user name.
    pub(super) name: String,
    pub(super) display_name: String,
    pub(super) email: String,
}

impl From<&Account> for Person {
    fn from(account: &Account) -> Self {
        Self {
            id: account.id.clone(),
            name: account.name.clone(),
            display_name: account.display_name.clone(),
            email: account.email.clone(),
        }
    }
}

const FIRST: [&str; 24] = [
    "Amara", "Bodil", "Chidi", "Dunja", "Emil", "Farah", "Gustav", "Hanae", "Ilse", "Jonas", "Keiko", "Lars",
    "Maren", "Noor", "Oskar", "Priya", "Quim", "Rosa", "Sven", "Tuuli", "Ulrich", "Vera", "Wanda", "Yusuf",
];
const LAST: [&str; 20] = [
    "Abara",
    "Bergmann",
    "Castro",
    "Dahl",
    "Eriksen",
    "Fontaine",
    "Grewal",
    "Huber",
    "Ibarra",
    "Jansen",
    "Kowalski",
    "Lindqvist",
    "Müller",
    "Nakamura",
    "Okafor",
    "Petrov",
    "Quist",
    "Rossi",
    "Sørensen",
    "Türk",
];

/// So many people, always the same.
pub(super) fn list(deployment: Deployment, count: usize) -> Vec<Person> {
    let mut rng = Rng::new(77);
    (0..count)
        .map(|index| {
            let first = FIRST[index % FIRST.len()];
            let last = LAST[(index / FIRST.len() + rng.below(LAST.len())) % LAST.len()];
            let name = format!("{}.{index}", first.to_lowercase());
            Person {
                id: match deployment {
                    Deployment::Cloud => format!("712020:6b0e1c{index:04}-sandbox-{}", first.to_lowercase()),
                    Deployment::DataCenter => format!("JIRAUSER{}", 20_000 + index),
                },
                display_name: format!("{first} {last}"),
                email: format!("{name}@lanternway.example"),
                name,
            }
        })
        .collect()
}
