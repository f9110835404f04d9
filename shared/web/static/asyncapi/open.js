// Shows the document named by the page in AsyncAPI's viewer.
"use strict";

const place = document.getElementById("asyncapi");

AsyncApiStandalone.render(
  {
    schema: { url: new URL(place.dataset.document, location.href).href },
    config: { show: { errors: true, sidebar: false }, expand: { messageExamples: false } },
  },
  place,
);
