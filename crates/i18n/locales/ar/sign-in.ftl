# Signing in, choosing an account, signing out.

sign-in = تسجيل الدخول
sign-in-to = تسجيل الدخول إلى { $app }
sign-in-again = تسجيل الدخول مرة أخرى
sign-in-again-to = تسجيل الدخول مرة أخرى إلى { $app }
sign-in-place = بحسابك في { $place }
sign-in-app-asks = يطلب منك { $app } تأكيد هويتك.
sign-in-asked = يُرجى تأكيد هويتك.
sign-in-long-ago = مضى وقت على تسجيل دخولك. يُرجى تأكيد هويتك.
sign-in-no-match = اسم المستخدم وكلمة المرور غير متطابقين. تحقق منهما وحاول مرة أخرى.
sign-in-too-old = بقيت هذه الصفحة مفتوحة مدة طويلة. يُرجى تسجيل الدخول مرة أخرى.
sign-in-busy = يسجل كثيرون الدخول الآن. يُرجى المحاولة بعد لحظات.
too-many-tries = كانت المحاولات كثيرة. انتظر بضع دقائق ثم حاول مرة أخرى.
login-label = البريد الإلكتروني أو اسم المستخدم
password = كلمة المرور
forgot-question = هل نسيت كلمة المرور؟

## The chooser
choose = اختر حسابًا لاستخدامه مع { $app }
choose-place = هذه الحسابات مسجلة الدخول في { $place }
choose-as = المتابعة باسم { $name }
choose-more = حسابات أخرى
choose-another = استخدام حساب آخر

## Signing out
sign-out = تسجيل الخروج
sign-out-question = هل تريد تسجيل الخروج؟
sign-out-app-asks = يطلب { $app } تسجيل خروجك من { $place }
sign-out-of = أنت مسجل الدخول في { $place }
sign-out-stay = البقاء مسجل الدخول
sign-out-alone = قد تبقى مسجل الدخول في التطبيقات المفتوحة لديك حتى تسجل الخروج منها أيضًا.
sign-out-with = سيُسجَّل خروجك أيضًا من { $apps }. وقد تبقى مسجل الدخول في تطبيقات أخرى مفتوحة لديك.
signed-out = تم تسجيل الخروج
signed-out-headline = تم تسجيل خروجك
signed-out-lead = انتهت جلستك في { $place }.
signed-out-close = يمكنك إغلاق هذه الصفحة.
