# A person's own account.

account = الحساب
account-yours = حسابك
account-name = الاسم
account-username = اسم المستخدم
account-email = البريد الإلكتروني
account-unconfirmed = لم يؤكَّد بعد
account-groups = المجموعات
account-change = تغييرها
account-this-browser = هذا المتصفح فقط
account-sessions = { $count ->
    [one] جلسة واحدة
    [two] جلستان
    [few] { $count } جلسات
    [many] { $count } جلسة
   *[other] { $count } جلسة
}
account-apps = { $count ->
    [0] لا شيء
    [one] تطبيق واحد
    [two] تطبيقان
    [few] { $count } تطبيقات
    [many] { $count } تطبيقًا
   *[other] { $count } تطبيق
}
account-others = مسجل الدخول هنا أيضًا:
account-add = إضافة حساب آخر
account-back = العودة إلى حسابك

## Language
language = اللغة
language-lead = للصفحات والرسائل. قد تكون للتطبيقات إعداداتها الخاصة.
language-browser = حسب المتصفح
language-chosen = اللغة المختارة

## Devices and sessions
sessions = الأجهزة والجلسات
sessions-lead = أين سُجّل دخولك. سجّل الخروج مما لا تعرفه، ثم غيّر كلمة المرور.
sessions-here = هذا المتصفح
sessions-times = سُجّل الدخول { $since }، وآخر استخدام { $used }
sessions-times-from = سُجّل الدخول { $since }، وآخر استخدام { $used }، من { $address }
sessions-apps = استُخدمت مع { $apps }
sessions-end = تسجيل الخروج من { $device }
sessions-end-here = تسجيل الخروج من { $device }، هذا المتصفح
sessions-end-others = تسجيل الخروج من كل مكان آخر
sessions-end-all = تسجيل الخروج من كل مكان
sessions-ends-apps = ينهي هذا أيضًا وصول التطبيقات التي تبقى متصلة في غيابك. يمكنك تسجيل الدخول إليها مجددًا في أي وقت.

## Connected apps
apps = التطبيقات المتصلة
apps-none = لا يستخدم أي تطبيق حسابك.
apps-lead = ما يُسمح له باستخدام حسابك. اسحب الإذن مما لم تعد تحتاج إليه.
apps-allowed = سُمح له { $when }
apps-allowed-used = سُمح له { $when }، وآخر استخدام { $used }
apps-unasked = لا يحتاج إلى إذن
apps-unasked-used = لا يحتاج إلى إذن، وآخر استخدام { $used }
apps-withdraw = سحب الإذن
apps-withdraw-from = سحب الإذن من { $app }
