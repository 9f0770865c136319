//! The few statements whose text differs between the two databases, side by side.

use crate::server::store::Tx;

/// The text for the database the transaction belongs to.
pub fn choose(tx: &Tx, sqlite: &'static str, postgres: &'static str) -> &'static str {
    if tx.is_postgres() { postgres } else { sqlite }
}
