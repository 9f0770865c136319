//! Create and edit a connection: type, address, credential, and the test beside them.
//!
//! Both types are in the page; the chosen one decides by style which fields are seen, so that nothing
//! typed is lost by switching and no script is needed. The token is never among the values.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::{
    api::{
        ErrorKind,
        connection::{ConnectionFields, ConnectionFormView, load_connection_form},
        form::{FormFailure, find_form_failure},
    },
    domain::{
        connection::{ConnectionStatus, fields, parse_organization_url},
        connection_report::{CheckCode, Finding, describe, product_name},
        jira::Deployment,
    },
    ui::{
        components::{
            Button, ButtonKind, ChoiceCard, Disclosure, ErrorSummary, Field, Icon, LinkButton, Note,
            PageHead, SafeTextarea, TextInput, Tone,
        },
        islands::connection_test::{FORM as FORM_ID, PROBLEMS, RETYPE, STATE, URL_NOTICES},
        layout::{Section, account_page},
        pages::{
            connection_test::{panel_view, switch_button},
            connections::crumbs,
        },
        paths,
        query::Query,
    },
};

const FORM: &str = "save_connection";
const CLOUD_TOKENS: &str = "https://id.atlassian.com/manage-profile/security/api-tokens";

/// Create.
#[component]
pub fn ConnectionNewPage() -> impl IntoView {
    let query = Query::here();
    let (test, kind) = (query.get("test"), query.get("type"));
    account_page(
        Section::Connections,
        "Create Jira integration",
        move |_frame| async move {
            let mut form = load_connection_form(None, test).await?;
            if form.fields.deployment.is_empty() {
                form.fields.deployment = kind
                    .filter(|kind| kind == "data_center")
                    .unwrap_or_else(|| "cloud".to_owned());
            }
            let failure = find_form_failure(FORM.to_owned()).await?;
            Ok(page_view(form, failure))
        },
    )
}

/// Edit.
#[component]
pub fn ConnectionEditPage() -> impl IntoView {
    let id = use_params_map().get_untracked().get("id").unwrap_or_default();
    let test = Query::here().get("test");
    account_page(
        Section::Connections,
        "Edit Jira integration",
        move |_frame| async move {
            let form = load_connection_form(Some(id), test).await?;
            let failure = find_form_failure(FORM.to_owned()).await?;
            Ok(page_view(form, failure))
        },
    )
}

/// Name of a control in the form.
fn control(field: &str) -> String {
    format!("form[{field}]")
}

/// What was typed before a failure goes over what was loaded.
fn overlay(mut fields: ConnectionFields, failure: Option<&FormFailure>) -> ConnectionFields {
    let Some(failure) = failure else { return fields };
    let targets = [
        ("revision", &mut fields.revision),
        (fields::NAME, &mut fields.name),
        (fields::DEPLOYMENT, &mut fields.deployment),
        (fields::URL, &mut fields.url),
        (fields::EMAIL, &mut fields.email),
        (fields::TOKEN_EXPIRES, &mut fields.token_expires),
        (fields::DESCRIPTION, &mut fields.description),
        (fields::CA_PEM, &mut fields.ca_pem),
        ("kept", &mut fields.kept),
    ];
    for (name, target) in targets {
        if let Some(value) = failure.value(&control(name)) {
            value.clone_into(target);
        }
    }
    fields
}

fn page_view(form: ConnectionFormView, failure: Option<FormFailure>) -> AnyView {
    let values = overlay(form.fields.clone(), failure.as_ref());
    let editing = form.stored.is_some();
    let title = if editing {
        "Edit Jira integration"
    } else {
        "Create Jira integration"
    };
    let lead = "The token is encrypted before it is stored and is never shown again.";
    let tested_now = form.tested_now && failure.is_none();
    // A result of what was typed before says nothing beside an error of what was typed since.
    let shown = form.tested.clone().filter(|_| tested_now || !form.tested_now);
    let rights = form
        .stored
        .as_ref()
        .map(|stored| paths::connection_rights(&stored.id));
    let health = form
        .stored
        .as_ref()
        .map(|stored| paths::connection_health(&stored.id));
    let panel = panel_view(shown, tested_now, rights.clone());
    let switched = form.switched && failure.is_none();
    let broken = form
        .stored
        .clone()
        .filter(|stored| stored.status == ConnectionStatus::Error);
    view! {
        <PageHead title=title lead=lead crumbs=crumbs(title)>
            {health.map(|href| view! { <LinkButton href=href icon="i-pulse">"Health"</LinkButton> })}
            {rights.map(|href| view! { <LinkButton href=href icon="i-key">"Rights"</LinkButton> })}
        </PageHead>
        <div id=PROBLEMS class=(failure.is_some() || switched).then_some("stack mb5")>
            {failure.as_ref().map(|failure| failure_note(failure, &values))}
            {switched.then(|| switched_note(&values.deployment, form.token_kept))}
        </div>
        {broken.map(|stored| view! { <Note tone=Tone::Bad title=stored.reason>{stored.next_step}</Note> })}
        <div class="split wide">
            {form_view(&form, &values, failure.as_ref(), tested_now)}
            <aside>{panel}</aside>
        </div>
    }
    .into_any()
}

fn form_view(
    form: &ConnectionFormView,
    values: &ConnectionFields,
    failure: Option<&FormFailure>,
    tested_now: bool,
) -> AnyView {
    let foot = view! {
        <Button name="do" value="test" icon="i-pulse">"Test connection"</Button>
        <span class="f12 faint" id=STATE>
            {match (tested_now, form.stored.is_some()) {
                (true, _) => "Tested with the values shown",
                (false, true) => "Not tested in this form",
                (false, false) => "Not tested yet",
            }}
        </span>
        <div class="end">
            <LinkButton href=paths::CONNECTIONS kind=ButtonKind::Quiet>"Cancel"</LinkButton>
            <Button name="do" value="save" kind=ButtonKind::Primary described_by=STATE>"Save"</Button>
        </div>
    }
    .into_any();
    // What was typed before this page was made is not saved either.
    let dirty = (failure.is_some() || form.tested_now || form.switched).then_some("");
    view! {
        <form
            method="post"
            class="wz"
            id=FORM_ID
            action=paths::api(FORM)
            novalidate=true
            autocomplete="off"
            data-guard=""
            data-dirty=dirty
        >
            <input type="hidden" name=control("id") value=values.id.clone() />
            <input type="hidden" name=control("revision") value=values.revision.clone() />
            <input type="hidden" name=control("kept") value=values.kept.clone() />
            {type_view(&values.deployment, failure)}
            {fields_view(form, values, failure)}
            <div class="formfoot">{foot}</div>
        </form>
    }
    .into_any()
}

/// What switching did, and what the other type asks for.
fn switched_note(deployment: &str, token_kept: bool) -> AnyView {
    let to = Deployment::find(deployment).unwrap_or(Deployment::Cloud);
    let title = format!("Switched to {}.", product_name(to));
    let text = match (to, token_kept) {
        (Deployment::Cloud, true) => {
            "What you typed is kept, the token too, sealed for 10 minutes. Enter the account's email, then test."
        }
        (Deployment::Cloud, false) => {
            "What you typed is kept, except a token. Enter the account's email and its API token, then test."
        }
        (Deployment::DataCenter, true) => {
            "What you typed is kept, the token too, sealed for 10 minutes. Test it, or enter a personal access token."
        }
        (Deployment::DataCenter, false) => {
            "What you typed is kept, except a token. Enter a personal access token, then test."
        }
    };
    view! { <Note tone=Tone::Info title=title role="status">{text}</Note> }.into_any()
}

/// The type of Jira that the typed address belongs to, where a failure says that it is not the chosen one.
fn other_type(failure: &FormFailure, values: &ConnectionFields) -> Option<Deployment> {
    let chosen = Deployment::find(&values.deployment)?;
    let said = |field| failure.message(field).unwrap_or_default();
    let problem = parse_organization_url(chosen, &values.url, &[]).err();
    let by_address = problem
        .filter(|problem| problem.to_string() == said(fields::URL))
        .and_then(|problem| problem.other_type());
    let other = match chosen {
        Deployment::Cloud => Deployment::DataCenter,
        Deployment::DataCenter => Deployment::Cloud,
    };
    let found = describe(CheckCode::Deployment, &Finding::WrongType { found: other });
    let by_answer = said(fields::DEPLOYMENT)
        .starts_with(&found.detail)
        .then_some(other);
    by_address.or(by_answer)
}

fn failure_note(failure: &FormFailure, values: &ConnectionFields) -> AnyView {
    let id = values.id.as_str();
    let retype = || {
        view! {
            <Note tone=Tone::Info id=RETYPE>"Nothing was saved. What you typed is still here, except a token: enter it again."</Note>
        }
    };
    let errors: Vec<(String, String)> = failure
        .error
        .fields
        .iter()
        .map(|error| (error.field.clone(), error.message.clone()))
        .collect();
    if !errors.is_empty() {
        let switch = other_type(failure, values).map(switch_button);
        return view! {
            <ErrorSummary errors=errors />
            {switch.map(|button| view! { <p>{button}</p> })}
            {retype()}
        }
        .into_any();
    }
    let title = match failure.value("do") {
        Some("test") => "Not tested",
        _ => "Not saved",
    };
    // Whoever reads this has signed in again.
    let message = match failure.error.kind {
        ErrorKind::NotSignedIn => "Your session had ended when you sent the form.".to_owned(),
        _ => failure.error.message.clone(),
    };
    let reload = (failure.error.kind == ErrorKind::Conflict && !id.is_empty()).then(|| paths::connection(id));
    let kept = reload.is_none().then(retype);
    view! {
        <ErrorSummary errors=vec![(String::new(), message)] title=title />
        {kept}
        {reload.map(|href| view! { <p><LinkButton href=href small=true icon="i-sync">"Open the connection again"</LinkButton></p> })}
    }
    .into_any()
}

fn message(failure: Option<&FormFailure>, field: &str) -> String {
    failure
        .and_then(|failure| failure.message(field))
        .unwrap_or_default()
        .to_owned()
}

fn type_view(deployment: &str, failure: Option<&FormFailure>) -> AnyView {
    let error = message(failure, fields::DEPLOYMENT);
    view! {
        <fieldset class="sect">
            <legend>"Jira type"</legend>
            <p class="lead">"It decides how Traceline signs in."</p>
            <div class="choices">
                <ChoiceCard
                    name=control(fields::DEPLOYMENT)
                    id=fields::DEPLOYMENT
                    value="cloud"
                    label="Jira Cloud"
                    icon="i-cloud"
                    detail="An address on atlassian.net. Account email and API token."
                    checked=deployment != "data_center"
                />
                <ChoiceCard
                    name=control(fields::DEPLOYMENT)
                    id="deployment-data-center"
                    value="data_center"
                    label="Jira Data Center"
                    icon="i-server"
                    detail="Your own server, 10.6.1 or later. Personal access token."
                    checked=deployment == Deployment::DataCenter.code()
                />
            </div>
            {error_line(fields::DEPLOYMENT, error)}
        </fieldset>
    }
    .into_any()
}

fn error_line(field: &str, error: String) -> Option<AnyView> {
    let id = format!("{field}-error");
    (!error.is_empty())
        .then(|| view! { <p class="err" id=id><Icon name="s-err" /><span>{error}</span></p> }.into_any())
}

fn fields_view(
    form: &ConnectionFormView,
    values: &ConnectionFields,
    failure: Option<&FormFailure>,
) -> AnyView {
    let say = |field| message(failure, field);
    // Children of components are kept: each takes its own value.
    let ConnectionFields {
        name,
        url,
        email,
        token_expires,
        description,
        ca_pem,
        ..
    } = values.clone();
    let unencrypted = values.deployment == Deployment::DataCenter.code()
        && values.url.trim().to_ascii_lowercase().starts_with("http://");
    let url_warning = if unencrypted && say(fields::URL).is_empty() {
        "This address uses http://. You can go on, but the token travels unencrypted, and browsers block or upgrade what Jira serves without https. Better: switch Jira to https."
    } else {
        ""
    };
    let put_right = form
        .tested
        .as_ref()
        .filter(|_| form.tested_now && failure.is_none())
        .map(|test| test.url_notices.clone())
        .unwrap_or_default();
    let put_right = move || {
        let lines = put_right
            .iter()
            .map(|line| {
                let line = line.clone();
                view! { <Note tone=Tone::Info>{line}</Note> }
            })
            .collect_view();
        view! { <div id=URL_NOTICES role="status">{lines}</div> }
    };
    view! {
        <div class="sect form">
            <Field id=fields::NAME label="Integration name" error=say(fields::NAME) limit=50 counted=name.clone()>
                <TextInput name=control(fields::NAME) value=name.clone() />
            </Field>
            <Field
                id=fields::URL
                label="Organization URL"
                error=say(fields::URL)
                warning=url_warning
                below=put_right
                hint="For example https://your-team.atlassian.net or https://jira.example.com/jira. Paste any page of Jira: the rest is cut off."
            >
                <TextInput name=control(fields::URL) kind="url" value=url.clone() mono=true />
            </Field>
            <div class="for-cloud">
                <Field
                    id=fields::EMAIL
                    label="Account email"
                    error=say(fields::EMAIL)
                    hint="The Atlassian account that made the token. Jira Cloud takes an API token only together with the email of its account; a token alone is refused."
                >
                    <TextInput name=control(fields::EMAIL) kind="email" value=email.clone() />
                </Field>
            </div>
            {token_view(form, values, say(fields::TOKEN))}
            <Field
                id=fields::TOKEN_EXPIRES
                label="Token expiry"
                optional=true
                error=say(fields::TOKEN_EXPIRES)
                hint="As Jira showed it when the token was made. Left empty, it is read from Jira where Jira tells it: Data Center does for an account with one token."
            >
                <TextInput name=control(fields::TOKEN_EXPIRES) kind="date" value=token_expires.clone() />
            </Field>
            <div class="for-dc">
                <Field
                    id=fields::CA_PEM
                    label="Certificate authority"
                    optional=true
                    error=say(fields::CA_PEM)
                    hint="PEM, only where your own authority signs Jira's certificate. Begins with -----BEGIN CERTIFICATE-----."
                >
                    <SafeTextarea name=control(fields::CA_PEM) value=ca_pem.clone() rows=4 />
                </Field>
            </div>
            <Field
                id=fields::DESCRIPTION
                label="Description"
                optional=true
                error=say(fields::DESCRIPTION)
                limit=255
                counted=description.clone()
            >
                <SafeTextarea name=control(fields::DESCRIPTION) value=description.clone() />
            </Field>
        </div>
    }
    .into_any()
}

/// The token: write-only. A stored one shows when and by whom it was set, and Replace.
fn token_view(form: &ConnectionFormView, values: &ConnectionFields, error: String) -> AnyView {
    let invalid = (!error.is_empty()).then_some("true");
    let open = invalid.is_some();
    let kept = form.token_kept && !values.kept.is_empty() && !open;
    let described = if open {
        "token-error token-hint"
    } else {
        "token-hint"
    };
    let input = view! {
        <input
            class="input mono"
            id=fields::TOKEN
            type="password"
            name=control(fields::TOKEN)
            autocomplete="new-password"
            spellcheck="false"
            aria-invalid=invalid
            aria-describedby=described
        />
    }
    .into_any();
    let label = view! {
        <div class="lab">
            <label for=fields::TOKEN>
                <span class="for-cloud">"API token"</span>
                <span class="for-dc">"Personal access token"</span>
            </label>
        </div>
    }
    .into_any();
    let control = match &form.token_set {
        Some(set) => {
            let set = format!("{set}.");
            view! {
                <p class="f13">{set}</p>
                <Disclosure summary="Replace" open=open>{input}</Disclosure>
            }
            .into_any()
        }
        None => input.into_any(),
    };
    view! {
        <div class="field">
            {label}
            {control}
            {error_line(fields::TOKEN, error)}
            {kept.then(|| view! {
                <p class="hint">
                    {if form.switched {
                        "The token that you typed is held for 10 minutes, sealed, for exactly this address: the test works without typing it again."
                    } else {
                        "The tested token is held for 10 minutes, sealed, for exactly this address, type and email: Save works without typing it again."
                    }}
                </p>
            })}
            <div id="token-hint">
                <p class="hint for-cloud">
                    "Create one at "
                    <a href=CLOUD_TOKENS target="_blank" rel="noopener noreferrer">"id.atlassian.com, Security, API tokens"</a>
                    ": Create API token, or with scopes: Traceline finds out which it is. Jira shows it once."
                </p>
                <p class="hint for-dc">"In Jira: your picture at the top right, Profile, Personal access tokens, Create token. It acts as you, with your rights. Jira shows it once."</p>
                {form.token_set.is_some().then(|| view! {
                    <p class="hint">"Changing scheme, host, port or path of the address drops the stored token: it has to be typed again."</p>
                })}
            </div>
        </div>
    }
    .into_any()
}
