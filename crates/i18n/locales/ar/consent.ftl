# What an app asks for, and the person's answer.

consent-title = السماح لـ { $app } بالوصول
consent-by-name = هل تسمح لـ { $app } باستخدام حسابك؟
consent-app-at = التطبيق على { $host }
consent-calls-itself = يسمي نفسه { $app }
consent-by-device = هل تسمح لتطبيق على هذا الجهاز باستخدام حسابك؟
consent-on-device = يسمي نفسه { $app }. لا تتابع إلا إذا كنت قد فتحته للتو.
consent-not-you = ليس حسابك؟
consent-choose = اختيار حساب آخر
consent-scopes = ما يمكنه رؤيته وفعله
consent-apis = أين يمكنه فعل ذلك نيابة عنك
consent-new = جديد
consent-allow = السماح
consent-deny = الرفض
consent-return = في الحالتين ستعود إلى { $host }.
consent-return-to-app = في الحالتين ستعود إلى التطبيق.

## Scopes
scope-openid = معرفة أنك أنت
scope-openid-means = معرّف لحسابك لا يتغير.
scope-profile = ملفك الشخصي
scope-profile-means = اسمك واسم المستخدم والصورة واللغة.
scope-email = عنوان بريدك الإلكتروني
scope-email-means = العنوان، وما إذا كان مؤكدًا.
scope-address = عنوانك البريدي
scope-address-means = العنوان المسجل في ملفك الشخصي.
scope-phone = رقم هاتفك
scope-phone-means = الرقم، وما إذا كان مؤكدًا.
scope-groups = مجموعاتك
scope-groups-means = أسماء المجموعات التي تنتمي إليها.
scope-roles = أدوارك
scope-roles-means = ما يمكنك فعله في تطبيقات هذا المكان.
scope-offline_access = البقاء متصلًا
scope-offline_access-means = الاحتفاظ بهذا الوصول في غيابك.
scope-counts-at = لدى { $apis }.
