//! What the account may do and for how long, beyond its permissions: the create screens of a project, the end
//! of a personal access token, Jira's read-only mode.
//!
//! Create screens are those that Jira shows this very account. The other two are told by some releases of Data
//! Center alone, and whoever asks must do well without an answer.

use futures::{StreamExt as _, TryStreamExt as _, stream};
use jiff::civil::{Date, DateTime};
use serde_json::Value;

use super::client::JiraClient;
use super::dates::parse_date;
use super::error::JiraError;
use crate::domain::connection_rights::{CreateScreen, GuardedField};
use crate::domain::dates::format_date;
use crate::domain::jira::IssueType;

/// Questions of one kind that are asked at a time.
const AT_A_TIME: usize = 4;

impl JiraClient {
    /// What the create screens of these types require of the fields that only some may set; those that Jira does not
    /// show are left out. `None` when it shows none.
    ///
    /// # Errors
    /// [`JiraError`] unless it is about permission.
    pub async fn list_create_screens(
        &self,
        project: &str,
        types: &[IssueType],
    ) -> Result<Option<Vec<CreateScreen>>, JiraError> {
        let questions = types.iter().map(|kind| self.read_create_screen(project, kind));
        let questions: Vec<_> = questions.collect();
        let screens: Vec<Option<CreateScreen>> =
            stream::iter(questions).buffered(AT_A_TIME).try_collect().await?;
        let read: Vec<CreateScreen> = screens.into_iter().flatten().collect();
        Ok((!read.is_empty() || types.is_empty()).then_some(read))
    }

    async fn read_create_screen(
        &self,
        project: &str,
        kind: &IssueType,
    ) -> Result<Option<CreateScreen>, JiraError> {
        let path = ["issue", "createmeta", project, "issuetypes", &kind.id];
        match self.list_platform(&path, &[]).await {
            Ok(fields) => Ok(Some(CreateScreen {
                type_name: kind.name.clone(),
                requires: read_required(&fields),
            })),
            Err(JiraError::Forbidden { .. } | JiraError::NotFound { .. } | JiraError::BadRequest { .. }) => {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// The day on which the token ends, from Data Center's list of the account's own tokens. The list does not say
    /// which of several is in use: then there is no answer unless they end together.
    ///
    /// # Errors
    /// [`JiraError`], also where the list is switched off.
    pub(super) async fn find_token_end(&self) -> Result<Option<Date>, JiraError> {
        let value = self.get_bundled(&["rest", "pat", "latest", "tokens"]).await?;
        Ok(read_token_end(&value))
    }

    /// Whether Data Center takes no changes for the time being (10.3, and 11.3 and later tell it), and until when
    /// as far as its administrator said: empty when not.
    ///
    /// # Errors
    /// [`JiraError`]; [`JiraError::NotFound`] from releases that know no such mode.
    pub(super) async fn find_read_only(&self) -> Result<Option<String>, JiraError> {
        let value = self.get_platform(&["readonly-mode"], &[]).await?;
        Ok(read_mode(&value))
    }
}

/// The guarded fields that a screen requires; one that Jira fills by itself asks for nothing.
fn read_required(fields: &[Value]) -> Vec<GuardedField> {
    let requires = |field: &GuardedField| {
        fields.iter().any(|entry| {
            let is_it = ["fieldId", "key"]
                .iter()
                .filter_map(|key| entry.get(*key).and_then(Value::as_str))
                .any(|id| GuardedField::find(id) == Some(*field));
            let flag = |name: &str| entry.get(name) == Some(&Value::Bool(true));
            is_it && flag("required") && !flag("hasDefaultValue")
        })
    };
    GuardedField::ALL.into_iter().filter(requires).collect()
}

fn read_token_end(value: &Value) -> Option<Date> {
    let tokens = value.as_array()?;
    let mut ends = tokens
        .iter()
        .map(|token| token.get("expiringAt").and_then(parse_date));
    let first = ends.next()??;
    ends.all(|end| end == Some(first)).then_some(first)
}

/// `None` when Jira takes changes. The administrator's message is not repeated: it may hold anything.
fn read_mode(value: &Value) -> Option<String> {
    if value.get("enabled") != Some(&Value::Bool(true)) {
        return None;
    }
    let end = value.get("endTime").and_then(Value::as_str);
    let Some(end) = end.and_then(|end| end.parse::<DateTime>().ok()) else {
        return Some(String::new());
    };
    let is_zone = |zone: &&str| {
        zone.len() <= 40
            && zone
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"/_+-".contains(&byte))
    };
    let zone = value.get("timeZone").and_then(Value::as_str).filter(is_zone);
    let zone = zone.map(|zone| format!(" ({zone})")).unwrap_or_default();
    Some(format!(
        "{}, {:02}:{:02}{zone}",
        format_date(end.date()),
        end.hour(),
        end.minute()
    ))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_required_field_that_jira_fills_asks_for_nothing() {
        let field = |id: &str, required: bool, filled: bool| json!({"fieldId": id, "required": required, "hasDefaultValue": filled});
        let screen = [
            field("duedate", true, false),
            field("summary", true, false),
            field("reporter", true, true),
            field("fixVersions", false, false),
            json!({"key": "assignee", "required": true}),
        ];
        assert_eq!(
            read_required(&screen),
            [GuardedField::Assignee, GuardedField::DueDate]
        );
        assert!(read_required(&[json!("odd"), json!({"required": true})]).is_empty());
    }

    #[test]
    fn the_end_of_a_token_is_told_only_when_it_is_certain() {
        let ends = |ends: &[&str]| -> Value {
            ends.iter()
                .map(|end| json!({"id": 1, "expiringAt": end}))
                .collect()
        };
        let first = "2027-09-19T08:00:00.000+0200";
        for (list, end) in [
            (ends(&[first]), Some(date(2027, 9, 19))),
            (
                ends(&[first, "2027-09-19T23:00:00.000+0200"]),
                Some(date(2027, 9, 19)),
            ),
            (ends(&[first, "2028-01-01T08:00:00.000+0000"]), None),
            (json!([{"id": 1, "expiringAt": first}, {"id": 2}]), None),
            (json!([{"id": 1}]), None),
            (json!([]), None),
            (json!({"values": []}), None),
        ] {
            assert_eq!(read_token_end(&list), end, "{list}");
        }
    }

    #[test]
    fn read_only_mode_tells_its_end_and_repeats_no_message() {
        let mode = |end: &str, zone: &str| {
            read_mode(&json!({"enabled": true, "message": "canary", "endTime": end, "timeZone": zone}))
        };
        assert_eq!(
            mode("2026-06-30T18:00", "Asia/Beirut").as_deref(),
            Some("30 Jun 2026, 18:00 (Asia/Beirut)")
        );
        assert_eq!(
            mode("2026-06-30T18:00", "<b>").as_deref(),
            Some("30 Jun 2026, 18:00")
        );
        assert_eq!(mode("tonight", "").as_deref(), Some(""));
        assert_eq!(read_mode(&json!({"enabled": false})), None);
        assert_eq!(read_mode(&json!([])), None);
    }
}
