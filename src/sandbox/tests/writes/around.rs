//! What hangs on an issue: links, remote links, comments, attachments, properties.

use serde_json::{Value, json};

use super::{
    super::harness::{As, Bench, CLOUD, DC},
    api, call, errors, new_task, rich,
};

#[tokio::test]
async fn links_are_shown_from_both_sides() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let (a, b) = (
            new_task(&bench, site, "A").await,
            new_task(&bench, site, "B").await,
        );
        let link = json!({"type": {"name": "Blocks"}, "inwardIssue": {"key": a}, "outwardIssue": {"key": b}});
        let path = api(site, "issueLink");
        for _ in 0..2 {
            let made = call(&bench, site, "ada", "POST", &path, link.clone()).await;
            assert_eq!((made.status, made.text.as_str()), (201, ""));
        }
        let shown = |key: &str| {
            let path = api(site, &format!("issue/{key}?fields=issuelinks"));
            let bench = &bench;
            async move {
                bench.ada(site, &path).await["fields"]["issuelinks"]
                    .as_array()
                    .unwrap()
                    .clone()
            }
        };
        let (from_a, from_b) = (shown(&a).await, shown(&b).await);
        assert_eq!((from_a.len(), from_b.len()), (1, 1), "a second link is not made");
        assert_eq!(
            (
                &from_a[0]["outwardIssue"]["key"],
                &from_b[0]["inwardIssue"]["key"]
            ),
            (&json!(b), &json!(a))
        );
        let id = from_a[0]["id"].as_str().unwrap();
        let one = bench.ada(site, &format!("{path}/{id}")).await;
        assert_eq!(
            (&one["inwardIssue"]["key"], &one["type"]["outward"]),
            (&json!(a), &json!("blocks"))
        );
        for (body, status) in [
            (
                json!({"type": {"name": "Eats"}, "inwardIssue": {"key": a}, "outwardIssue": {"key": b}}),
                404,
            ),
            (
                json!({"type": {"name": "Blocks"}, "inwardIssue": {"key": "TRIP-99999"}, "outwardIssue": {"key": b}}),
                404,
            ),
            (
                json!({"type": {"name": "Blocks"}, "inwardIssue": {"key": a}}),
                400,
            ),
        ] {
            assert_eq!(
                call(&bench, site, "ada", "POST", &path, body.clone())
                    .await
                    .status,
                status,
                "{body}"
            );
        }
        let reader = json!({"type": {"name": "Blocks"}, "inwardIssue": {"key": "PAY-1"}, "outwardIssue": {"key": "PAY-2"}});
        assert_eq!(
            call(&bench, site, "rhea", "POST", &path, reader).await.status,
            401
        );
        assert_eq!(
            call(
                &bench,
                site,
                "ada",
                "DELETE",
                &format!("{path}/{id}"),
                Value::Null
            )
            .await
            .status,
            204
        );
        assert!(shown(&a).await.is_empty() && shown(&b).await.is_empty());
        let types = bench.ada(site, &api(site, "issueLinkType")).await;
        assert_eq!(types["issueLinkTypes"].as_array().unwrap().len(), 4);
    }
}

#[tokio::test]
async fn a_remote_link_of_the_same_global_id_is_updated() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let key = new_task(&bench, site, "A").await;
        let path = api(site, &format!("issue/{key}/remotelink"));
        let link = |title: &str| {
            json!({"globalId": "system=https://t.example&id=7", "application": {"type": "t", "name": "T"},
            "relationship": "tested by", "object": {"url": "https://t.example/7", "title": title, "status": {"resolved": true}}})
        };
        let made = call(&bench, site, "ada", "POST", &path, link("one"))
            .await
            .json(201);
        let again = call(&bench, site, "ada", "POST", &path, link("two"))
            .await
            .json(200);
        assert_eq!(made, again);
        let all = bench.ada(site, &path).await;
        assert_eq!(
            (all.as_array().unwrap().len(), &all[0]["object"]["title"]),
            (1, &json!("two"))
        );
        let by_id = bench
            .ada(
                site,
                &format!("{path}?globalId=system%3Dhttps%3A%2F%2Ft.example%26id%3D7"),
            )
            .await;
        assert_eq!(
            (&by_id["id"], &by_id["relationship"]),
            (&made["id"], &json!("tested by"))
        );
        let one = format!("{path}/{}", made["id"]);
        assert_eq!(
            call(&bench, site, "ada", "PUT", &one, link("three")).await.status,
            204
        );
        assert_eq!(bench.ada(site, &one).await["object"]["title"], "three");
        let bad = call(
            &bench,
            site,
            "ada",
            "POST",
            &path,
            json!({"object": {"url": "no url"}}),
        )
        .await;
        assert_eq!(
            errors(&bad),
            json!({"title": "'title' is required.", "url": "'url' is not a valid URL."})
        );
        let reader = api(site, "issue/PAY-1/remotelink");
        assert_eq!(
            call(&bench, site, "rhea", "POST", &reader, link("x"))
                .await
                .status,
            403
        );
        let gone = format!("{path}?globalId=system%3Dhttps%3A%2F%2Ft.example%26id%3D7");
        assert_eq!(
            call(&bench, site, "ada", "DELETE", &gone, Value::Null)
                .await
                .status,
            204
        );
        assert_eq!(
            call(&bench, site, "ada", "DELETE", &gone, Value::Null)
                .await
                .status,
            404
        );
        assert_eq!(bench.ada(site, &path).await, json!([]));
    }
}

#[tokio::test]
async fn comments_are_written_changed_and_removed() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let key = new_task(&bench, site, "A").await;
        let path = api(site, &format!("issue/{key}/comment"));
        let made = call(
            &bench,
            site,
            "quentin",
            "POST",
            &path,
            json!({"body": rich(site, "first")}),
        )
        .await
        .json(201);
        assert_eq!(
            (&made["body"], &made["author"]["displayName"]),
            (&rich(site, "first"), &json!("Quentin Marsh"))
        );
        let one = format!("{path}/{}", made["id"].as_str().unwrap());
        let changed = call(
            &bench,
            site,
            "quentin",
            "PUT",
            &one,
            json!({"body": rich(site, "second")}),
        )
        .await
        .json(200);
        assert_eq!(changed["body"], rich(site, "second"));
        let empty = call(
            &bench,
            site,
            "ada",
            "POST",
            &path,
            json!({"body": rich(site, " ")}),
        )
        .await;
        assert_eq!(errors(&empty)["comment"], "Comment body can not be empty!");
        let reader = api(site, "issue/PAY-1/comment");
        assert!(
            errors(
                &call(
                    &bench,
                    site,
                    "rhea",
                    "POST",
                    &reader,
                    json!({"body": rich(site, "x")})
                )
                .await
            )["comment"]
                .is_string()
        );
        assert_eq!(
            call(&bench, site, "ada", "DELETE", &one, Value::Null)
                .await
                .status,
            204
        );
        assert_eq!(
            call(&bench, site, "ada", "DELETE", &one, Value::Null)
                .await
                .status,
            404
        );
    }
    let key = new_task(&bench, CLOUD, "A").await;
    let plain = call(
        &bench,
        CLOUD,
        "ada",
        "POST",
        &format!("/rest/api/2/issue/{key}/comment"),
        json!({"body": "*bold*"}),
    )
    .await
    .json(201);
    assert_eq!(plain["body"], "*bold*");
    let refused = call(
        &bench,
        CLOUD,
        "ada",
        "POST",
        &format!("/rest/api/3/issue/{key}/comment"),
        json!({"body": "*bold*"}),
    )
    .await;
    assert_eq!(refused.status, 400);
}

#[tokio::test]
async fn attachments_need_the_header_and_keep_every_byte() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let key = new_task(&bench, site, "A").await;
        let path = api(site, &format!("issue/{key}/attachments"));
        let body = b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a b.bin\"\r\nContent-Type: image/png\r\n\r\n\x00\xff\r\n\x01\r\n--b--\r\n";
        let upload = |header: Option<&'static str>| {
            let request = bench.request(site, As::Person("quentin"), "POST", &path);
            let request = request
                .header("content-type", "multipart/form-data; boundary=b")
                .body(body.to_vec());
            match header {
                Some(value) => request.header("x-atlassian-token", value),
                None => request,
            }
        };
        let refused = Bench::send(upload(None)).await;
        assert_eq!(
            (refused.status, refused.text.as_str()),
            (403, "XSRF check failed")
        );
        let made = Bench::send(upload(Some("no-check"))).await.json(200);
        assert_eq!(
            (&made[0]["filename"], &made[0]["size"], &made[0]["mimeType"]),
            (&json!("a b.bin"), &json!(5), &json!("image/png"))
        );
        let issue = bench
            .ada(site, &api(site, &format!("issue/{key}?fields=attachment")))
            .await;
        assert_eq!(issue["fields"]["attachment"][0]["id"], made[0]["id"]);
        let url = made[0]["content"]
            .as_str()
            .unwrap()
            .replace(&bench.site(site).url, "");
        let direct = format!("{url}?redirect=false");
        let request = bench.request(site, As::Person("ada"), "GET", &direct);
        let bytes = request.send().await.unwrap().bytes().await.unwrap();
        assert_eq!(&bytes[..], b"\x00\xff\r\n\x01");
        assert_eq!(bench.get(site, "nils", &url).await.status, 404);
        let one = api(site, &format!("attachment/{}", made[0]["id"].as_str().unwrap()));
        assert_eq!(bench.ada(site, &one).await["filename"], "a b.bin");
        assert_eq!(
            call(&bench, site, "quentin", "DELETE", &one, Value::Null)
                .await
                .status,
            204
        );
        assert_eq!(bench.get(site, "ada", &one).await.status, 404);
    }
}

#[tokio::test]
async fn properties_keep_json_beside_an_issue() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let path = api(site, "issue/TRIP-20/properties");
        let one = format!("{path}/our.key");
        assert_eq!(
            call(&bench, site, "ada", "PUT", &one, json!({"a": [1]}))
                .await
                .status,
            201
        );
        assert_eq!(
            call(&bench, site, "ada", "PUT", &one, json!("text")).await.status,
            200
        );
        assert_eq!(
            bench.ada(site, &one).await,
            json!({"key": "our.key", "value": "text"})
        );
        assert_eq!(bench.ada(site, &path).await["keys"][0]["key"], "our.key");
        let broken = bench.request(site, As::Person("ada"), "PUT", &one).body("{");
        assert_eq!(Bench::send(broken).await.status, 400);
        assert_eq!(
            call(&bench, site, "ada", "DELETE", &one, Value::Null)
                .await
                .status,
            204
        );
        assert_eq!(bench.get(site, "ada", &one).await.status, 404);
    }
}
