//! The bytes of attachments: the way to them, and files that are too large.

use serde_json::Value;

use super::{
    super::harness::{As, Bench, CLOUD, DC, Got},
    api, new_task,
};
use crate::sandbox::routes::UPLOAD_LIMIT;

async fn upload(bench: &Bench, site: usize, key: &str, kind: &str, bytes: &[u8]) -> Got {
    let mut body = format!(
        "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a b.png\"\r\nContent-Type: {kind}\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(bytes);
    body.extend_from_slice(b"\r\n--b--\r\n");
    let path = api(site, &format!("issue/{key}/attachments"));
    let request = bench.request(site, As::Person("ada"), "POST", &path);
    let request = request.header("x-atlassian-token", "no-check");
    Bench::send(
        request
            .header("content-type", "multipart/form-data; boundary=b")
            .body(body),
    )
    .await
}

#[tokio::test]
async fn cloud_leads_to_the_bytes_and_data_center_gives_them() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let key = new_task(&bench, site, "A").await;
        let made = upload(&bench, site, &key, "image/png", b"pixels").await.json(200)[0].clone();
        for part in ["content", "thumbnail"] {
            let url = made[part].as_str().unwrap();
            let path = url.strip_prefix(&bench.site(site).url).unwrap();
            let got = bench.get(site, "ada", path).await;
            assert_eq!(
                bench.get(site, "nils", path).await.status,
                404,
                "who sees no issue sees no file"
            );
            if site == DC {
                assert_eq!((got.status, got.text.as_str()), (200, "pixels"), "{part}");
                assert!(!got.headers.contains_key("location"));
                continue;
            }
            assert_eq!((got.status, got.text.as_str()), (303, ""), "{part}");
            let to = got.headers["location"].to_str().unwrap();
            assert!(to.ends_with("&name=a+b.png"), "{to}");
            // Who is led there needs no credential: the address opens the file by itself.
            let to = to.strip_prefix(&bench.site(site).url).unwrap();
            let led = Bench::send(bench.request(site, As::Nobody, "GET", to)).await;
            assert_eq!((led.status, led.text.as_str()), (200, "pixels"));
            assert_eq!(led.headers["content-type"], "image/png");
            let (bare, _) = to.split_once('?').unwrap();
            let refused = Bench::send(bench.request(site, As::Nobody, "GET", bare)).await;
            assert_eq!(refused.status, 403, "without its token");
            let direct = bench.get(site, "ada", &format!("{path}?redirect=false")).await;
            assert_eq!((direct.status, direct.text.as_str()), (200, "pixels"));
            assert!(!direct.headers.contains_key("location"));
            let led = bench.get(site, "ada", &format!("{path}?redirect=true")).await;
            assert_eq!(led.status, 303);
        }
    }
}

#[tokio::test]
async fn a_file_above_the_limit_is_refused_whatever_its_size() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let meta = bench.ada(site, &api(site, "attachment/meta")).await;
        assert_eq!(meta["uploadLimit"], UPLOAD_LIMIT);
        let key = new_task(&bench, site, "A").await;
        let bytes = vec![b'x'; UPLOAD_LIMIT * 2];
        // No document of Data Center knows 413: a file that is too large is not found there.
        let want = if site == CLOUD { 413 } else { 404 };
        for size in [UPLOAD_LIMIT + 1, UPLOAD_LIMIT * 2] {
            let refused = upload(&bench, site, &key, "text/plain", &bytes[..size]).await;
            assert_eq!(
                refused.message(want),
                "The field file exceeds its maximum permitted size of 10485760 bytes.",
                "{size}"
            );
        }
        let path = api(site, &format!("issue/{key}"));
        assert_eq!(
            bench.ada(site, &path).await["fields"]["attachment"],
            Value::Array(Vec::new())
        );
        assert_eq!(
            upload(&bench, site, &key, "text/plain", &bytes[..UPLOAD_LIMIT])
                .await
                .status,
            200
        );
    }
}
