//! What a page complains of comes with its picture, and a flood of it hurts nobody.

use std::time::Duration;

use harness_capture::PictureRequest;
use harness_model::Viewport;

use crate::{
    looking_through, settled,
    site::{Site, html, reply},
};

#[tokio::test]
async fn errors_are_heard_from_the_first_script_on() {
    let site = Site::serving(|path| match path {
        "/" => html(
            "<!doctype html><script>console.error('zuerst', { n: 1 }); console.log('Geplauder'); console.warn('na')</script>
             <script>Promise.reject(new Error('vergessen')); fetch('/kaputt'); for (let i = 0; i < 3; i += 1) console.error('noch einmal')</script>
             <img src=/fort.png>",
        ),
        "/kaputt" => reply("text/plain", "").status(500).now(),
        "/still" => html("<p>nichts"),
        _ => reply("text/plain", "").status(404).now(),
    })
    .await;
    let mut browser = looking_through(&Viewport::desktop()).await;
    let errors = settled(&mut browser, &PictureRequest::new(site.url("/"))).await.errors;
    let console: Vec<(&str, u32)> = errors.console.iter().map(|error| (error.text.as_str(), error.times)).collect();
    assert!(console[0].0.contains("zuerst"), "{console:?}");
    assert!(console.iter().any(|(text, _)| text.contains("Error: vergessen")), "{console:?}");
    assert!(console.iter().any(|(text, times)| text.contains("noch einmal") && *times == 3), "{console:?}");
    assert_eq!(console.len(), 3, "neither logs nor warnings are errors: {console:?}");
    let failed: Vec<&str> = errors.failed_requests.iter().map(|error| error.text.as_str()).collect();
    assert!(
        failed.len() == 2 && failed.iter().any(|text| text.contains("/kaputt") && text.contains("500")),
        "{failed:?}"
    );

    let quiet = settled(&mut browser, &PictureRequest::new(site.url("/still"))).await.errors;
    assert!(quiet.is_empty(), "what one page complained of is not the next one's: {quiet:?}");
}

#[tokio::test]
async fn five_megabytes_of_errors_and_as_many_of_chatter_are_bounded() {
    let site = Site::of(
        "<!doctype html><p>laut<script>
         const long = 'x'.repeat(1000);
         for (let i = 0; i < 5000; i += 1) { console.error(i, long); console.log(i, long); }
         console.error('y'.repeat(5e6));</script>",
    )
    .await;
    let mut browser = looking_through(&Viewport::desktop()).await;
    let request = PictureRequest { timeout: Duration::from_secs(60), ..PictureRequest::new(site.url("/")) };
    let errors = settled(&mut browser, &request).await.errors;
    let told = serde_json::to_string(&errors).unwrap();
    assert!(told.len() < 20_000, "{} bytes", told.len());
    assert_eq!(errors.console.len() as u64 + errors.left_out, 5001);
}
