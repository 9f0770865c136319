//! The audit log for those who may read it: a page of it, and all of it as a file.
//!
//! A file is written a batch at a time while it is sent, so its size needs no memory. A database that goes away
//! meanwhile breaks the download off, so that nobody takes a part for the whole. Making one is told in the log.

use std::collections::HashMap;

use bytes::Bytes;
use futures::stream::{self, Stream};
use jiff::{Timestamp, civil::Date};
use serde_json::json;

use crate::{
    api::audit::{AuditEntryView, AuditFields, AuditView},
    domain::audit::{AuditAction, safe_cell},
    server::{
        app::{audit::record, calendar::Calendar},
        auth::AccountGuard,
        error::{Error, Result},
        state::AppState,
        store::{
            audit::{self, AuditFilter, AuditRow},
            connection,
        },
    },
};

/// Entries on a page.
const PAGE: usize = 100;
/// Entries of a file that are read at a time.
const BATCH: i64 = 1_000;

/// The filter as the store takes it, and what is wrong with the days. A day that cannot be read does not filter.
fn read_filter(fields: &AuditFields, calendar: &Calendar) -> (AuditFilter, String, String) {
    let day = |text: &str| -> std::result::Result<Option<Date>, String> {
        match text.trim() {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| {
                let typed: String = text.chars().take(40).collect();
                format!(
                    "\u{201c}{typed}\u{201d} is not a day. Enter year, month and day, such as 2026-11-23."
                )
            }),
        }
    };
    let (from, from_error) = day(&fields.from).map_or_else(|error| (None, error), |day| (day, String::new()));
    let (to, to_error) = day(&fields.to).map_or_else(|error| (None, error), |day| (day, String::new()));
    let to_error = match (from, to) {
        (Some(first), Some(last)) if last < first => {
            "This day is before the first one, so nothing is found.".to_owned()
        }
        _ => to_error,
    };
    let filter = AuditFilter {
        person_id: fields.person.clone(),
        connection_id: fields.connection.clone(),
        action: fields.action.clone(),
        from: from.map(|day| calendar.day_begins_ms(day)),
        until: to
            .and_then(|day| day.tomorrow().ok())
            .map(|day| calendar.day_begins_ms(day)),
    };
    (filter, from_error, to_error)
}

/// A page of the log.
///
/// # Errors
/// When the database does not answer.
pub async fn load(guard: &AccountGuard, fields: &AuditFields) -> Result<AuditView> {
    let mut tx = guard.state().database().read().await?;
    let calendar = Calendar::load(&mut tx, guard.viewer()).await?;
    let (filter, from_error, to_error) = read_filter(fields, &calendar);
    let before = fields.before.parse().unwrap_or(i64::MAX);
    let limit = i64::try_from(PAGE).unwrap_or(i64::MAX) + 1;
    let mut rows = audit::list(&mut tx, &filter, before, limit).await?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let older = rows.last().and_then(|row| row.seq).filter(|_| more);
    let names: HashMap<String, String> = audit::list_object_names(&mut tx).await?.into_iter().collect();
    let entry = |row: AuditRow| AuditEntryView {
        seq: row.seq.unwrap_or_default(),
        at: calendar.moment_ms(row.at),
        person: row.person_name,
        address: row.address,
        action: AuditAction::words(&row.action),
        object: names.get(&row.object_id).cloned().unwrap_or_default(),
        detail: row.detail,
    };
    let head = audit::find_head(&mut tx).await?;
    Ok(AuditView {
        entries: rows.into_iter().map(entry).collect(),
        older,
        people: audit::list_people(&mut tx).await?,
        connections: connection::list(&mut tx)
            .await?
            .into_iter()
            .map(|row| (row.id, row.name))
            .collect(),
        from_error,
        to_error,
        total: head.as_ref().map_or(0, |head| head.seq),
        head: head
            .map(|head| format!("{}:{}", head.seq, head.mac))
            .unwrap_or_default(),
    })
}

/// How the log is written into a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// Comma-separated, safe to open in a spreadsheet.
    Csv,
    /// An array of objects.
    Json,
}

impl ExportFormat {
    /// From what a form says.
    ///
    /// # Errors
    /// Anything but `csv` and `json`.
    pub fn parse(text: &str) -> Result<Self> {
        match text {
            "csv" => Ok(Self::Csv),
            "json" => Ok(Self::Json),
            _ => Err(Error::field("format", "Choose CSV or JSON.")),
        }
    }

    /// Ending of the file's name.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }
}

/// A file on its way: its name, and its bytes as they are read.
pub struct Export<S> {
    /// Name to save it under.
    pub name: String,
    /// Content.
    pub content: S,
}

/// The entries that a filter lets through, newest first, as a file. The log tells of it first, so the file begins
/// with its own entry when the filter lets that through.
///
/// # Errors
/// When the database does not answer.
pub async fn export(
    guard: &AccountGuard,
    fields: &AuditFields,
    format: ExportFormat,
) -> Result<Export<impl Stream<Item = Result<Bytes>> + use<>>> {
    let state = guard.state().clone();
    let mut tx = state.database().write().await?;
    let calendar = Calendar::load(&mut tx, guard.viewer()).await?;
    let (filter, from_error, to_error) = read_filter(fields, &calendar);
    if let Some(error) = [("from", from_error), ("to", to_error)]
        .into_iter()
        .find(|(_, text)| !text.is_empty())
    {
        return Err(Error::field(error.0, error.1));
    }
    let what = if fields.is_filtered() { "filtered" } else { "whole" };
    let detail = format!("As {}, {what}", format.ending().to_uppercase());
    record(&mut tx, guard.viewer(), AuditAction::AuditExported, "", &detail);
    tx.commit().await?;
    let name = format!("traceline-audit-log-{}.{}", calendar.today(), format.ending());
    let writer = Writer {
        state,
        filter,
        format,
        before: Some(i64::MAX),
        begun: false,
    };
    let content = stream::unfold(writer, |mut writer| async move {
        let part = writer.next().await?;
        if part.is_err() {
            writer.before = None;
        }
        Some((part, writer))
    });
    Ok(Export { name, content })
}

/// Writes a file part by part.
struct Writer {
    state: AppState,
    filter: AuditFilter,
    format: ExportFormat,
    /// Where to go on; absent after the end.
    before: Option<i64>,
    begun: bool,
}

impl Writer {
    async fn next(&mut self) -> Option<Result<Bytes>> {
        let before = self.before?;
        let rows = match self.read(before).await {
            Ok(rows) => rows,
            Err(error) => {
                tracing::warn!(error = ?error, "the audit log could not be read to its end, the download breaks off");
                return Some(Err(error));
            }
        };
        let first = !std::mem::replace(&mut self.begun, true);
        self.before = rows.last().and_then(|row| row.seq);
        let last = self.before.is_none();
        Some(match self.format {
            ExportFormat::Csv => write_csv(&rows, first),
            ExportFormat::Json => Ok(write_json(&rows, first, last)),
        })
    }

    async fn read(&self, before: i64) -> Result<Vec<AuditRow>> {
        let mut tx = self.state.database().read().await?;
        Ok(audit::list(&mut tx, &self.filter, before, BATCH).await?)
    }
}

const COLUMNS: [&str; 12] = [
    "number",
    "at",
    "person",
    "person_id",
    "address",
    "action",
    "object",
    "object_id",
    "connection_id",
    "detail",
    "previous",
    "code",
];

fn iso(ms: i64) -> String {
    Timestamp::from_millisecond(ms).unwrap_or_default().to_string()
}

fn write_csv(rows: &[AuditRow], first: bool) -> Result<Bytes> {
    let failed = |error: csv::Error| Error::Internal(error.to_string());
    let mut out = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    if first {
        out.write_record(COLUMNS).map_err(failed)?;
    }
    for row in rows {
        let cells = [
            row.seq.unwrap_or_default().to_string(),
            iso(row.at),
            row.person_name.clone(),
            row.person_id.clone().unwrap_or_default(),
            row.address.clone(),
            row.action.clone(),
            row.object.clone(),
            row.object_id.clone(),
            row.connection_id.clone(),
            row.detail.clone(),
            row.previous.clone(),
            row.mac.clone(),
        ];
        out.write_record(cells.iter().map(|cell| safe_cell(cell)))
            .map_err(failed)?;
    }
    let bytes = out
        .into_inner()
        .map_err(|error| Error::Internal(error.to_string()))?;
    Ok(bytes.into())
}

/// `last` is an empty batch: every batch before it ends with a comma's absence, so it only closes the array.
fn write_json(rows: &[AuditRow], first: bool, last: bool) -> Bytes {
    let mut out = String::new();
    if first {
        out.push('[');
    }
    for (index, row) in rows.iter().enumerate() {
        if !(first && index == 0) {
            out.push(',');
        }
        out.push('\n');
        let entry = json!({
            "number": row.seq,
            "at": iso(row.at),
            "person": row.person_name,
            "person_id": row.person_id,
            "address": row.address,
            "action": row.action,
            "object": row.object,
            "object_id": row.object_id,
            "connection_id": row.connection_id,
            "detail": row.detail,
            "previous": row.previous,
            "code": row.mac,
        });
        out.push_str(&entry.to_string());
    }
    if last {
        out.push_str("\n]\n");
    }
    out.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(seq: i64, detail: &str) -> AuditRow {
        AuditRow {
            seq: Some(seq),
            id: format!("e{seq}"),
            at: 1_000 * seq,
            person_id: None,
            person_name: "=cmd|' /C calc'!A0".to_owned(),
            address: "127.0.0.1".to_owned(),
            action: "session.began".to_owned(),
            object: "person".to_owned(),
            object_id: "p".to_owned(),
            connection_id: String::new(),
            detail: detail.to_owned(),
            key_id: "k".to_owned(),
            previous: String::new(),
            mac: "00".to_owned(),
        }
    }

    #[test]
    fn a_table_opens_without_formulas_and_reads_back() {
        let text = [
            write_csv(&[row(2, "a,\"b\"\r\nc")], true).expect("written"),
            write_csv(&[row(1, "-1")], false).expect("written"),
            write_csv(&[], false).expect("written"),
        ]
        .concat();
        let mut read = csv::Reader::from_reader(text.as_slice());
        assert_eq!(
            read.headers().expect("a head").iter().collect::<Vec<_>>(),
            COLUMNS
        );
        let records: Vec<csv::StringRecord> = read.records().map(|record| record.expect("reads")).collect();
        let cell = |record: &csv::StringRecord, column: usize| {
            crate::domain::audit::read_cell(&record[column]).to_owned()
        };
        assert_eq!(records.len(), 2);
        assert_eq!(&records[0][2], "'=cmd|' /C calc'!A0");
        assert_eq!(cell(&records[0], 2), "=cmd|' /C calc'!A0");
        assert_eq!(cell(&records[0], 9), "a,\"b\"\r\nc");
        assert_eq!(&records[1][9], "'-1");
        assert_eq!(&records[1][1], "1970-01-01T00:00:01Z");
    }

    #[test]
    fn an_array_is_whole_whatever_its_batches() {
        let whole = |batches: &[&[AuditRow]]| {
            let mut text = Vec::new();
            for (index, rows) in batches.iter().enumerate() {
                text.extend(write_json(rows, index == 0, rows.is_empty()));
            }
            serde_json::from_slice::<Vec<serde_json::Value>>(&text).expect("JSON")
        };
        assert_eq!(whole(&[&[]]).len(), 0);
        let (a, b, c) = (row(3, "x\"\n"), row(2, ""), row(1, ""));
        let found = whole(&[&[a, b], &[c], &[]]);
        assert_eq!(found.len(), 3);
        assert_eq!(found[0]["detail"], "x\"\n");
    }
}
