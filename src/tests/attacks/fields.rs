//! Fields that a form does not have, twice, of another kind or too deep: what is stored is what the form is for, or
//! nothing.

use reqwest::Method;
use traceline::domain::role::AccountRole;

use crate::{
    attacks::{fill, substance},
    endpoint_roles::{TABLE, world},
    harness::{TestApp, TestClient},
};

async fn send(client: &TestClient, endpoint: &str, kind: &str, accept: &str, body: String) -> u16 {
    let headers = [
        ("accept", accept),
        ("content-type", kind),
        ("origin", client.origin()),
    ];
    let answer = client
        .send(Method::POST, &format!("/api/{endpoint}"), &headers, Some(body))
        .await;
    answer.status.as_u16()
}

const FORM: &str = "application/x-www-form-urlencoded";

on_both! {
    async fn no_field_sets_what_its_form_does_not(app: TestApp) {
        let id = app.person("Ulla", AccountRole::User).await;
        let admin = app.person("Ada", AccountRole::AccountAdmin).await;
        let user = app.browser_of(&id).await;
        let extras = [
            ("account_role", "account_admin"), ("role", "account_admin"), ("email", "evil@evil.test"), ("email_key", "evil@evil.test"),
            ("state", "active"), ("id", admin.as_str()), ("person", admin.as_str()), ("person_id", admin.as_str()),
            ("password_hash", "x"), ("is_admin", "true"), ("created_at", "0"), ("__proto__[admin]", "1"), ("profile[account_role]", "account_admin"),
        ];
        let mut fields = vec![("name", "Ulla Ny"), ("time_zone", "UTC")];
        fields.extend(extras);
        let status = user.call("save_profile", &fields).await.status.as_u16();
        assert!(matches!(status, 200 | 400 | 422), "{status}");
        let kept = "SELECT COUNT(*) FROM person WHERE id = $1 AND email = 'ulla@example.test' AND account_role = 'user'";
        assert_eq!(app.number(kept, &[&id]).await, 1);
        assert_eq!(app.number("SELECT COUNT(*) FROM person WHERE name = 'Ulla Ny'", &[]).await, i64::from(status == 200));
        assert_eq!(app.number("SELECT COUNT(*) FROM person WHERE email = 'evil@evil.test'", &[]).await, 0);

        let own = app.browser_of(&admin).await;
        let fields = [
            ("name", "Extra"), ("description", ""), ("id", "chosen"), ("project", "chosen"), ("created_by", id.as_str()), ("created_at", "1"),
            ("name_key", "other"), ("deleted_at", "1"),
        ];
        let status = own.call("create_project", &fields).await.status.as_u16();
        assert!(matches!(status, 200 | 302 | 303 | 400 | 422), "{status}");
        let taken = "SELECT COUNT(*) FROM project WHERE id = 'chosen' OR created_by = $1 OR created_at = 1 OR name_key = 'other'";
        assert_eq!(app.number(taken, &[&id]).await, 0);
    }
}

on_both! {
    async fn fields_twice_of_another_kind_or_too_deep_store_nothing(app: TestApp) {
        let world = world(app).await;
        let admin = world.app.person("Anew", AccountRole::AccountAdmin).await;
        world.app.join(&world.project, &admin, traceline::domain::role::ProjectRole::ProjectAdmin).await;
        let client = world.app.browser_of(&admin).await;
        let before = substance(&world.app).await;
        let mut refused = 0;
        let deep = "[a]".repeat(100);
        for row in TABLE.iter().filter(|row| !row.fields.is_empty()) {
            let fields = fill(row, &world);
            let encode = |fields: &[(&str, &str)]| url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
            for (name, value) in &fields {
                let rest: Vec<(&str, &str)> = fields.iter().filter(|(known, _)| known != name).copied().collect();
                let rest = encode(&rest);
                let bodies = [
                    ("twice", format!("{}&{}", encode(&fields), encode(&[(name, "other")]))),
                    ("a list", format!("{rest}&{name}[]=a&{name}[]=b")),
                    ("a map", format!("{rest}&{name}[a]={value}")),
                    ("a map beside", format!("{}&{name}[a]=b", encode(&fields))),
                    ("deep", format!("{rest}&{name}{deep}=b")),
                    ("broken UTF-8", format!("{rest}&{name}=%FF%FE%C0%80")),
                ];
                for (what, body) in bodies {
                    let status = send(&client, row.endpoint, FORM, "application/json", body).await;
                    // What a function does not know, it does not look at.
                    assert!(status < 500 || status == 502, "{}: {name} as {what}: {status}", row.endpoint);
                    assert!(what != "broken UTF-8" || status == 400, "{}: {name}: {status}", row.endpoint);
                    refused += u32::from((400..500).contains(&status));
                }
            }
            let json = format!("{}1{}", "[".repeat(100), "]".repeat(100));
            for (kind, body) in [
                ("application/json", "{\"name\":{\"a\":1}}".to_owned()),
                ("application/json", json.clone()),
                (FORM, json),
                (FORM, "&=&==&[]=&[a=&]=1&%".to_owned()),
                ("multipart/form-data; boundary=x", "--x\r\ncontent-disposition: form-data; name=\"name\"\r\n\r\na\r\n--x--\r\n".to_owned()),
                ("application/xml", "<a/>".to_owned()),
            ] {
                let status = send(&client, row.endpoint, kind, "application/json", body.clone()).await;
                assert!(status < 500 || status == 502, "{}: {kind} {body}: {status}", row.endpoint);
                let status = send(&client, row.endpoint, FORM, "text/html", body).await;
                assert!(status < 500, "{}: {status}", row.endpoint);
            }
        }
        assert_eq!(substance(&world.app).await, before);
        assert!(refused > 300, "{refused}");
    }
}
