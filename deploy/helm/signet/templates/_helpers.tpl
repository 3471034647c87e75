{{- define "signet.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{ else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "signet.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "signet.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{ include "signet.selector" . }}
{{- end }}

{{- define "signet.image" -}}
{{- with .Values.image }}{{ .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}{{ end }}
{{- end }}

{{- define "signet.serviceAccount" -}}
{{- .Values.serviceAccount.name | default (ternary (include "signet.name" .) "default" .Values.serviceAccount.create) }}
{{- end }}

{{/* Who nobody may become, and what nobody may do. */}}
{{- define "signet.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "signet.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{/* What every process of ours is told. Secrets are files; their variables say where. */}}
{{- define "signet.env" -}}
- { name: SIGNET_ISSUER, value: {{ required "issuer is needed: https://host" .Values.issuer | quote }} }
- { name: SIGNET_SECRETS__MASTER_KEY_FILE, value: /run/secrets/signet/master-key }
- { name: SIGNET_DATABASE__URL_FILE, value: /run/secrets/signet/database-url }
{{- if .Values.secrets.cacheUrl.name }}
- { name: SIGNET_CACHE__URL_FILE, value: /run/secrets/signet/cache-url }
{{- end }}
{{- if .Values.secrets.mailUrl.name }}
- { name: SIGNET_MAIL__URL_FILE, value: /run/secrets/signet/mail-url }
{{- end }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "signet.secretVolume" -}}
- name: secrets
  projected:
    # For the group alone: fsGroup above.
    defaultMode: 0440
    sources:
      - secret:
          name: {{ required "secrets.masterKey.name is needed" .Values.secrets.masterKey.name }}
          items: [{ key: {{ .Values.secrets.masterKey.key }}, path: master-key }]
      - secret:
          name: {{ required "secrets.databaseUrl.name is needed" .Values.secrets.databaseUrl.name }}
          items: [{ key: {{ .Values.secrets.databaseUrl.key }}, path: database-url }]
      {{- with .Values.secrets.cacheUrl }}{{ if .name }}
      - secret:
          name: {{ .name }}
          items: [{ key: {{ .key }}, path: cache-url }]
      {{- end }}{{ end }}
      {{- with .Values.secrets.mailUrl }}{{ if .name }}
      - secret:
          name: {{ .name }}
          items: [{ key: {{ .key }}, path: mail-url }]
      {{- end }}{{ end }}
{{- end }}

{{- define "signet.replicas" -}}
{{- if .Values.autoscaling.enabled }}{{ .Values.autoscaling.maxReplicas }}{{ else }}{{ .Values.replicaCount }}{{ end }}
{{- end }}
