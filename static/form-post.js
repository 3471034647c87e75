// Sends the answer of an app's sign-in on, as soon as the page that holds it has been read. Where scripts do not run,
// the page's button does the same.
document.forms[0].submit();
