//! Both databases have the same migrations.

use std::fs;
use std::path::Path;

use super::file::root;

/// Names of migrations that only one of the two databases has.
fn unpaired_migrations(sqlite: &[String], postgres: &[String]) -> Vec<String> {
    let lonely = |of: &[String], other: &[String], folder: &str| -> Vec<String> {
        of.iter()
            .filter(|name| !other.contains(name))
            .map(|name| format!("migrations/{folder}/{name}"))
            .collect()
    };
    let mut found = lonely(sqlite, postgres, "sqlite");
    found.extend(lonely(postgres, sqlite, "postgres"));
    found
}

fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}

#[test]
fn both_databases_have_the_same_migrations() {
    let folder = root().join("migrations");
    let lonely = unpaired_migrations(
        &names_in(&folder.join("sqlite")),
        &names_in(&folder.join("postgres")),
    );
    assert!(
        lonely.is_empty(),
        "migrations that the other database lacks: {lonely:?}"
    );
}

#[test]
fn a_migration_for_one_database_only_is_found() {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let lonely = unpaired_migrations(
        &names(&["0001_a.sql", "0002_b.sql"]),
        &names(&["0001_a.sql", "0002_c.sql"]),
    );
    assert_eq!(
        lonely,
        ["migrations/sqlite/0002_b.sql", "migrations/postgres/0002_c.sql"]
    );
}
