#include "communicate/oncall/browser_page.h"

#include "base/encoding.h"

namespace tocsin::oncall {

std::string browser_page(std::string_view contact_name, std::string_view public_key) {
  return "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, "
         "initial-scale=1\">\n"
         "<title>Push messages</title>\n<style>body{font:18px/1.5 system-ui,sans-serif;max-width:36rem;margin:2rem auto;padding:0 1rem}"
         "button{width:100%;min-height:56px;font:inherit;font-weight:700}:root{color-scheme:light "
         "dark}</style>\n</head>\n<body>\n<main>\n<h1>Pages of " +
         escape_html(contact_name) +
         " in this browser</h1>\n<p>Press the button and allow notifications. Pages are then shown by this browser, also while this site "
         "is closed.</p>\n"
         "<button id=\"go\" data-key=\"" +
         escape_html(public_key) +
         "\">Show pages here</button>\n<p id=\"said\" role=\"status\"></p>\n<noscript><p>This page needs JavaScript: only a script can ask "
         "a browser for push messages.</p></noscript>\n</main>\n"
         "<script src=\"/push/page.js\"></script>\n</body>\n</html>\n";
}

std::string_view browser_script() {
  return R"js('use strict';
const button = document.getElementById('go'), said = document.getElementById('said');
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
button.addEventListener('click', async () => {
  button.disabled = true;
  try {
    if (!('serviceWorker' in navigator) || !('PushManager' in window)) throw new Error('this browser knows no push messages, or the page is not served by https');
    const registration = await navigator.serviceWorker.register('/push/worker.js', {scope: '/push/'});
    const subscription = await registration.pushManager.subscribe({userVisibleOnly: true, applicationServerKey: bytes(button.dataset.key)});
    const answer = await fetch(location.pathname, {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(subscription)});
    said.textContent = answer.ok ? 'Done: pages are shown here.' : await answer.text();
  } catch (error) {
    said.textContent = 'That did not work: ' + error.message;
    button.disabled = false;
  }
});
)js";
}

std::string_view browser_worker() {
  return R"js('use strict';
self.addEventListener('push', (event) => {
  const page = event.data ? event.data.json() : {title: 'A page', body: ''};
  event.waitUntil(self.registration.showNotification(page.title, {body: page.body, tag: page.url, requireInteraction: true, data: {url: page.url}}));
});
self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  if (event.notification.data.url) event.waitUntil(self.clients.openWindow(event.notification.data.url));
});
)js";
}

}  // namespace tocsin::oncall
