// What waits for a person: handlers and scripted addresses anywhere in the page, as the start of their markup.
() => [...document.querySelectorAll("*")].filter((one) => one.matches("img[src=x], script:not([src])") || [...one.attributes].some((each) =>
  /^on/i.test(each.name) || (/^(href|src|action|formaction)$/i.test(each.name) && /^\s*(javascript|data|vbscript):/i.test(each.value))))
  .map((one) => one.outerHTML.slice(0, 80))
