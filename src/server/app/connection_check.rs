//! The connection form as typed, checked: which token goes to which address.
//!
//! [`check`] is the one place that decides it: a typed one, one typed for a test a moment ago to the
//! very same address, or the stored one to the stored address. Sends nothing.

use jiff::civil::Date;
use secrecy::{ExposeSecret, SecretString};

use crate::{
    api::connection::ConnectionFields,
    domain::{
        connection::{
            ConnectionForm, ConnectionInput, ConnectionRules, StoredTarget, fields, parse_connection,
            parse_organization_url, parse_token,
        },
        field_error::FieldErrors,
        jira::Deployment,
        jira_identity::{JiraIdentity, KnownJira, Witness},
    },
    server::{
        app::{
            calendar::Calendar,
            connection::{deployment_of, open_outbound, open_token, stored_url},
        },
        auth::AccountGuard,
        error::{Error, Result},
        outbound::OutboundClient,
        random,
        secrets::Place,
        state::AppState,
        store::{
            Tx,
            connection::{self, ConnectionRow},
            connection_test::{self, ConnectionTestRow},
            connection_witness,
        },
    },
};

/// Longest text of a field that is kept for the page.
const LONGEST_KEPT: usize = 70_000;

/// A form that holds, with the token that goes to its address.
pub(super) struct Checked {
    pub(super) input: ConnectionInput,
    pub(super) token: SecretString,
    /// The day on which the token ended, if the typed date is over.
    pub(super) expired_on: Option<Date>,
    /// The token is not the stored one.
    pub(super) new_token: bool,
    /// The connection being edited.
    pub(super) row: Option<ConnectionRow>,
    /// The Jira whose projects are linked through it; absent while none is.
    pub(super) known: Option<KnownJira>,
    pub(super) outbound: OutboundClient,
    pub(super) calendar: Calendar,
}

/// The place that the token of a kept test is sealed for.
pub(super) fn test_place(id_hash: &str, row: &ConnectionTestRow) -> Place {
    Place::of_tested_token(
        id_hash,
        &row.deployment,
        &row.site_url,
        &row.email,
        &row.person_id,
    )
}

/// What a form is checked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To ask Jira: name, token expiry and description may still be missing.
    Test,
    /// To be stored.
    Save,
}

/// Checks the form and finds its token. Sends nothing.
pub(super) async fn check(
    guard: &AccountGuard,
    form: &ConnectionFields,
    purpose: Purpose,
) -> Result<Checked> {
    let state = guard.state();
    if form.ca_pem.len() > LONGEST_KEPT {
        return Err(Error::field(
            fields::CA_PEM,
            "This is larger than 64 KB. Paste the authority's certificates alone.",
        ));
    }
    let mut tx = state.database().read().await?;
    let calendar = Calendar::load(&mut tx, guard.viewer()).await?;
    let row = match form.id.as_str() {
        "" => None,
        id => Some(
            connection::find(&mut tx, id)
                .await?
                .ok_or(Error::NotFound("connection"))?,
        ),
    };
    if let Some(row) = row
        .as_ref()
        .filter(|row| row.revision.to_string() != form.revision)
    {
        return Err(changed_meanwhile(row, &calendar));
    }
    let kept = find_kept_token(guard, &mut tx, form).await?;
    let mut typed = ConnectionForm {
        name: form.name.clone(),
        deployment: form.deployment.clone(),
        url: form.url.clone(),
        email: form.email.clone(),
        token: form.token.clone(),
        token_expires: form.token_expires.clone(),
        description: form.description.clone(),
        ca_pem: form.ca_pem.clone(),
    };
    if let Kept::Usable(token) = &kept {
        token.expose_secret().clone_into(&mut typed.token);
    }
    let stored = match &row {
        Some(row) if row.sealed_token.is_some() => {
            Some((deployment_of(row)?, stored_url(&row.site_url, "site_url")?))
        }
        _ => None,
    };
    let rules = ConnectionRules {
        extra_cloud_hosts: &state.outbound().cloud_hosts,
        today: calendar.today(),
        for_test: purpose == Purpose::Test,
        stored: stored.as_ref().map(|(deployment, url)| StoredTarget {
            deployment: *deployment,
            url,
            ca_pem: row.as_ref().and_then(|row| row.ca_pem.as_deref()),
        }),
    };
    let parsed = parse_connection(&typed, rules);
    let mut errors = FieldErrors::new();
    if let Err(problems) = &parsed {
        for problem in problems {
            let other_address = problem.field == fields::TOKEN && matches!(kept, Kept::OtherAddress);
            errors.push(
                &problem.field,
                if other_address {
                    KEPT_ELSEWHERE
                } else {
                    &problem.message
                },
            );
        }
    }
    if purpose == Purpose::Save {
        check_name_is_free(&mut tx, form, &mut errors).await?;
    }
    let known = match &row {
        Some(row) => find_known(&mut tx, row).await?,
        None => None,
    };
    drop(tx);
    let input = match parsed {
        Ok(input) if errors.is_empty() => input,
        _ => return Err(Error::Invalid(errors)),
    };
    let outbound = open_outbound(state, input.ca_pem.as_deref())?;
    let typed_end = form.token_expires.trim().parse::<Date>().ok();
    let (token, new_token) = choose_token(state, &input, row.as_ref())?;
    Ok(Checked {
        input,
        token,
        expired_on: typed_end.filter(|end| *end < calendar.today()),
        new_token,
        row,
        known,
        outbound,
        calendar,
    })
}

/// The typed token, else the stored one; and whether it was typed.
fn choose_token(
    state: &AppState,
    input: &ConnectionInput,
    row: Option<&ConnectionRow>,
) -> Result<(SecretString, bool)> {
    match (&input.token, row) {
        (Some(token), _) => Ok((SecretString::from(token.reveal().to_owned()), true)),
        (None, Some(row)) => match open_token(state, row) {
            Ok(token) => Ok((token, false)),
            Err(Error::Secret(secret)) => {
                let (what, next) = secret.words();
                Err(Error::field(fields::TOKEN, format!("{what} {next}")))
            }
            Err(error) => Err(error),
        },
        (None, None) => Err(Error::Internal("a new connection without a token".into())),
    }
}

async fn check_name_is_free(tx: &mut Tx, form: &ConnectionFields, errors: &mut FieldErrors) -> Result<()> {
    let name = form.name.trim();
    if !name.is_empty() && connection::is_name_taken(tx, name, &form.id).await? {
        errors.push(fields::NAME, name_taken(name));
    }
    Ok(())
}

/// The Jira of a stored connection with its witnesses, if anything is linked through it.
pub(super) async fn find_known(tx: &mut Tx, row: &ConnectionRow) -> Result<Option<KnownJira>> {
    let linked = connection_witness::list_projects(tx, &row.id).await?;
    if linked.is_empty() {
        return Ok(None);
    }
    let mut witnesses: Vec<Witness> = connection_witness::list_issues(tx, &row.id)
        .await?
        .into_iter()
        .map(|issue| Witness::Issue {
            id: issue.jira_id,
            created_ms: issue.jira_created_at,
        })
        .collect();
    witnesses.extend(linked.into_iter().map(|project| Witness::Project {
        id: project.jira_project_id,
        key: project.jira_project_key,
    }));
    let address = stored_url(&row.site_url, "site_url")?;
    Ok(Some(KnownJira {
        identity: JiraIdentity {
            deployment: deployment_of(row)?,
            cloud_id: row.cloud_id.clone(),
            base_url: row.base_url.as_deref().and_then(|base| base.parse().ok()),
        },
        address,
        witnesses,
    }))
}

const KEPT_ELSEWHERE: &str = "Address, type or email changed after the test, so the tested token is not sent there. Enter the token again.";

/// A token that the server holds since a test.
enum Kept {
    None,
    OtherAddress,
    Usable(SecretString),
}

/// The token of a form that is not the stored one: typed, or kept by a test of this very form. Nothing is sent
/// with it here, so that neither type nor address of the form matter.
pub(super) async fn find_typed_token(
    guard: &AccountGuard,
    tx: &mut Tx,
    form: &ConnectionFields,
) -> Result<Option<SecretString>> {
    let deployment = Deployment::find(form.deployment.trim()).unwrap_or(Deployment::Cloud);
    if let Ok((Some(token), _)) = parse_token(deployment, &form.token, true, true) {
        return Ok(Some(SecretString::from(token.reveal().to_owned())));
    }
    Ok(match find_kept_token(guard, tx, form).await? {
        Kept::Usable(token) => Some(token),
        Kept::None | Kept::OtherAddress => None,
    })
}

async fn find_kept_token(guard: &AccountGuard, tx: &mut Tx, form: &ConnectionFields) -> Result<Kept> {
    if form.kept.is_empty() || !form.token.trim().is_empty() {
        return Ok(Kept::None);
    }
    let state = guard.state();
    let id_hash = random::hash_token(&form.kept);
    let person = guard.viewer().person_id().as_str();
    let row = connection_test::find(tx, &id_hash, person, &form.id, state.clock().now_ms()).await?;
    let Some(row) = row else { return Ok(Kept::None) };
    let Some(sealed) = &row.sealed_token else {
        return Ok(Kept::None);
    };
    let deployment = Deployment::find(form.deployment.trim());
    let url = deployment.and_then(|deployment| {
        parse_organization_url(deployment, &form.url, &state.outbound().cloud_hosts).ok()
    });
    // A form that was switched to Cloud had no email yet.
    let same_email =
        deployment != Some(Deployment::Cloud) || row.email.is_empty() || form.email.trim() == row.email;
    let same = deployment.is_some_and(|deployment| deployment.code() == row.deployment)
        && url.is_some_and(|(url, _)| url.as_str() == row.site_url)
        && same_email;
    if same {
        Ok(Kept::Usable(
            state.sealer().open(&test_place(&id_hash, &row), sealed)?,
        ))
    } else {
        Ok(Kept::OtherAddress)
    }
}

/// The message at a name that another connection has.
pub(super) fn name_taken(name: &str) -> String {
    format!("Another connection is called {name}. Choose a different name.")
}

/// The refusal to write over a change that the form has not seen.
pub(super) fn changed_meanwhile(row: &ConnectionRow, calendar: &Calendar) -> Error {
    Error::Conflict(format!(
        "{} changed this connection ({}) after you opened the form. Nothing of yours was saved and nothing of theirs is lost. \
         Open the connection again to see the present values, then enter your change.",
        row.updated_by,
        calendar.words_ms(row.updated_at),
    ))
}
