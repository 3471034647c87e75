# What can go wrong: what happened, what to do, and the way on.

error = خطأ
error-details = تفاصيل تقنية
error-code = الخطأ
error-description = الوصف

error-unknown-app = هذا التطبيق غير معروف هنا
error-unknown-app-advice = عُد إلى التطبيق الذي أتيت منه وحاول مرة أخرى. إن ظهرت هذه الصفحة مجددًا، فيجب تسجيل التطبيق أولًا.
error-return = طلب { $app } العودة إلى عنوان غير مسجل
error-return-advice = لم يُرسَل شيء إلى هناك. يستطيع القائمون على { $app } إصلاح ذلك.
error-request = تعذّر فهم الطلب
error-request-advice = عُد إلى التطبيق الذي أتيت منه وحاول مرة أخرى.
error-expired = لم يعد تسجيل الدخول هذا متاحًا
error-expired-advice = لقد انتهى من قبل، أو استغرق وقتًا طويلًا. ابدأ من جديد من التطبيق الذي أتيت منه.
error-expired-from = لقد انتهى من قبل، أو استغرق وقتًا طويلًا. ابدأ من جديد من { $app }.
error-cookie = لم يرسل متصفحك ملف تعريف الارتباط الخاص بنا
error-cookie-advice = يحتاج تسجيل الدخول إلى ملفات تعريف الارتباط من هذا العنوان. اسمح بها، ثم ابدأ من جديد من التطبيق أو الرسالة التي أتيت منها.
error-form = تعذّر قبول هذا النموذج
error-form-advice = بقيت الصفحة مفتوحة مدة طويلة، أو أن المتصفح يمنع ملفات تعريف الارتباط. افتحها مرة أخرى وأعد ما فعلته.
error-page = لا توجد صفحة كهذه
error-page-advice = ربما كُتب العنوان خطأ، أو أن الرابط قديم.
error-often = كان ذلك أكثر من اللازم
error-often-advice = انتظر بضع دقائق ثم حاول مرة أخرى.
error-network = بدأت من شبكتك عمليات تسجيل دخول كثيرة جدًا
error-network-advice = انتظر بضع دقائق، ثم عُد إلى التطبيق وابدأ من جديد.
error-busy = لا يمكننا فعل ذلك الآن
error-busy-advice = لم يضِع شيء. يُرجى المحاولة بعد لحظات.
error-internal = حدث خطأ من جانبنا
error-internal-advice = ليس الخطأ منك. يُرجى المحاولة بعد لحظات.
error-name = لا يحمل هذا الخادم ذلك الاسم
error-name-advice = ربما كان الرابط الذي فتحته قديمًا. يستطيع القائمون على التطبيق الذي أتيت منه إصلاح ذلك.
error-headers = أرسل متصفحك أكثر مما نقرأ
error-headers-advice = احذف ملفات تعريف الارتباط التي يحتفظ بها لهذا العنوان، ثم ابدأ من جديد.
error-address = هذا العنوان طويل جدًا
error-address-advice = عُد إلى التطبيق الذي أتيت منه وابدأ من جديد.
error-unreadable = تعذّرت قراءة هذا الطلب
error-unreadable-advice = عُد إلى التطبيق وحاول مرة أخرى. إن تكرر ذلك، فأخبر القائمين على التطبيق.
error-long = هذا طويل جدًا
error-long-advice = عُد وحاول بشيء أقصر.

## Ways on
way-again = المحاولة مرة أخرى
way-home = الانتقال إلى الصفحة الرئيسية
way-start = البدء من جديد
way-back = العودة إلى { $app }
way-to = الانتقال إلى { $place }
way-accounts = عرض الحسابات مرة أخرى
way-request = عرض الطلب مرة أخرى
way-link = طلب رابط جديد
