# What can go wrong: what happened, what to do, and the way on.

error = Fehler
error-details = Technische Einzelheiten
error-code = Fehler
error-description = Beschreibung

error-unknown-app = Diese App ist hier nicht bekannt
error-unknown-app-advice = Gehen Sie zurück zur App, von der Sie kommen, und versuchen Sie es noch einmal. Kommt diese Seite wieder, muss die App erst registriert werden.
error-return = { $app } wollte zu einer Adresse zurück, die nicht registriert ist
error-return-advice = Dorthin wurde nichts geschickt. Wer sich um { $app } kümmert, kann das in Ordnung bringen.
error-request = Die Anfrage war nicht zu verstehen
error-request-advice = Gehen Sie zurück zur App, von der Sie kommen, und versuchen Sie es noch einmal.
error-expired = Diese Anmeldung ist nicht mehr offen
error-expired-advice = Sie war schon fertig, oder sie hat zu lange gedauert. Beginnen Sie noch einmal in der App, von der Sie kommen.
error-expired-from = Sie war schon fertig, oder sie hat zu lange gedauert. Beginnen Sie noch einmal bei { $app }.
error-cookie = Ihr Browser hat unser Cookie nicht geschickt
error-cookie-advice = Zum Anmelden braucht es Cookies von dieser Adresse. Erlauben Sie sie und beginnen Sie noch einmal bei der App oder dem Brief, von dem Sie kommen.
error-form = Dieses Formular konnte nicht angenommen werden
error-form-advice = Die Seite war zu lange offen, oder der Browser nimmt keine Cookies an. Öffnen Sie sie noch einmal und wiederholen Sie, was Sie getan haben.
error-page = Diese Seite gibt es nicht
error-page-advice = Vielleicht ist die Adresse vertippt oder der Link alt.
error-method = Diese Adresse lässt sich so nicht öffnen
error-method-advice = Sie ist für Apps gedacht oder für ein Formular auf einer unserer Seiten. Gehen Sie dorthin zurück, woher Sie kommen, und beginnen Sie noch einmal.
error-often = Das war ein bisschen zu oft
error-often-advice = Warten Sie ein paar Minuten und versuchen Sie es dann noch einmal.
error-network = Aus Ihrem Netz wurden zu viele Anmeldungen begonnen
error-network-advice = Warten Sie ein paar Minuten, gehen Sie dann zurück zur App und beginnen Sie noch einmal.
error-busy = Das geht gerade nicht
error-busy-advice = Nichts ist verloren. Bitte versuchen Sie es gleich noch einmal.
error-internal = Bei uns ist etwas schiefgegangen
error-internal-advice = Es liegt nicht an Ihnen. Bitte versuchen Sie es gleich noch einmal.
error-name = Dieser Server hat einen anderen Namen
error-name-advice = Vielleicht ist der Link alt, dem Sie gefolgt sind. Wer sich um die App kümmert, von der Sie kommen, kann das in Ordnung bringen.
error-headers = Ihr Browser hat mehr geschickt, als wir lesen
error-headers-advice = Löschen Sie die Cookies, die er für diese Adresse aufbewahrt, und beginnen Sie noch einmal.
error-address = Diese Adresse ist zu lang
error-address-advice = Gehen Sie zurück zur App, von der Sie kommen, und beginnen Sie noch einmal.
error-unreadable = Diese Anfrage ist nicht zu lesen
error-unreadable-advice = Gehen Sie zurück zur App und versuchen Sie es noch einmal. Geschieht es wieder, sagen Sie es denen, die die App betreiben.
error-long = Das ist zu lang
error-long-advice = Gehen Sie zurück und versuchen Sie es mit etwas Kürzerem.

## Ways on
way-again = Noch einmal versuchen
way-home = Zur Startseite
way-start = Noch einmal beginnen
way-back = Zurück zu { $app }
way-to = Zu { $place }
way-accounts = Die Konten noch einmal zeigen
way-request = Die Anfrage noch einmal zeigen
way-link = Einen neuen Link anfordern
