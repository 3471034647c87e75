# What many pages say.

## Lists: "Calendar, Notes and Tasks" is put together from its beginning.
list-next = { $list } و{ $item }
list-last = { $list } و{ $item }

## Times
ago-now = الآن
ago-minutes = { $count ->
    [one] منذ دقيقة واحدة
    [two] منذ دقيقتين
    [few] منذ { $count } دقائق
    [many] منذ { $count } دقيقة
   *[other] منذ { $count } دقيقة
}
ago-hours = { $count ->
    [one] منذ ساعة واحدة
    [two] منذ ساعتين
    [few] منذ { $count } ساعات
    [many] منذ { $count } ساعة
   *[other] منذ { $count } ساعة
}
ago-days = { $count ->
    [one] منذ يوم واحد
    [two] منذ يومين
    [few] منذ { $count } أيام
    [many] منذ { $count } يومًا
   *[other] منذ { $count } يوم
}
ago-months = { $count ->
    [one] منذ شهر واحد
    [two] منذ شهرين
    [few] منذ { $count } أشهر
    [many] منذ { $count } شهرًا
   *[other] منذ { $count } شهر
}
date = { $day } { $month ->
    [1] يناير
    [2] فبراير
    [3] مارس
    [4] أبريل
    [5] مايو
    [6] يونيو
    [7] يوليو
    [8] أغسطس
    [9] سبتمبر
    [10] أكتوبر
    [11] نوفمبر
   *[12] ديسمبر
} { $year }، { $time } بالتوقيت العالمي

## Devices
device = { $browser } على { $system }
device-of-system = متصفح على { $system }
device-unknown = جهاز غير معروف

## The foot of a page
languages = اللغة

## Words for whoever looks after this place
pass-on = أخبر مسؤول النظام بهذا الرمز: { $code }

## The front page
home = الصفحة الرئيسية
home-signed-in = تم تسجيل دخولك
home-at = في { $place }
home-others = { $count ->
    [one] هناك حساب آخر مسجل الدخول هنا.
    [two] هناك حسابان آخران مسجلا الدخول هنا.
    [few] هناك { $count } حسابات أخرى مسجلة الدخول هنا.
    [many] هناك { $count } حسابًا آخر مسجل الدخول هنا.
   *[other] هناك { $count } حساب آخر مسجل الدخول هنا.
}
home-headline = سجّل الدخول مرة واحدة لجميع تطبيقاتك
home-nobody = هذا { $place }. لم يسجل أحد الدخول هنا.

## On the way back to an app
continue-to = المتابعة إلى { $place }
continue-lead = أنت في طريق العودة إلى التطبيق.
continue = متابعة

## Caught mail, where nothing is really sent
mail = البريد
mail-caught = حُفظت هنا بدلًا من إرسالها.
mail-from = من
mail-to = إلى
mail-sent = وقت الإرسال
mail-html = عرضها بصيغة HTML
mail-none = لا رسائل بعد
mail-will-be = تُحفظ هنا الرسائل التي كان { $place } سيرسلها.
mail-others = رسائل أخرى
mail-addressed = إلى { $to }
