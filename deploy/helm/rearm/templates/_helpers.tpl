{{/* Each takes a dictionary: root (the chart's context), name (the service's, as in its image), values (its section), grpc and http (its ports). */}}

{{- define "rearm.fullname" -}}
{{ printf "%s-%s" .root.Release.Name .name | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "rearm.selector" -}}
app.kubernetes.io/name: rearm-{{ .name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- end }}

{{- define "rearm.labels" -}}
{{ include "rearm.selector" . }}
app.kubernetes.io/part-of: rearm
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{- end }}

{{- define "rearm.metadata" -}}
name: {{ include "rearm.fullname" . }}
labels:
  {{- include "rearm.labels" . | nindent 2 }}
{{- end }}

{{/* The ConfigMap, the Service and the PodDisruptionBudget of a service. */}}
{{- define "rearm.surroundings" -}}
apiVersion: v1
kind: ConfigMap
metadata:
  {{- include "rearm.metadata" . | nindent 2 }}
data:
  {{- include "rearm.settings" . | nindent 2 }}
---
apiVersion: v1
kind: Service
metadata:
  {{- include "rearm.metadata" . | nindent 2 }}
spec:
  type: {{ .values.serviceType }}
  selector:
    {{- include "rearm.selector" . | nindent 4 }}
  ports:
    - { name: grpc, port: {{ .grpc }}, targetPort: grpc, appProtocol: kubernetes.io/h2c }
    - { name: http, port: {{ .http }}, targetPort: http }
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  {{- include "rearm.metadata" . | nindent 2 }}
spec:
  maxUnavailable: 1
  selector:
    matchLabels:
      {{- include "rearm.selector" . | nindent 6 }}
{{- end }}

{{- define "rearm.settings" -}}
Endpoints__Address: "0.0.0.0"
Endpoints__GrpcPort: {{ .grpc | quote }}
Endpoints__HttpPort: {{ .http | quote }}
Endpoints__DrainDelay: {{ printf "00:00:%02d" (int .root.Values.drainSeconds) | quote }}
Kafka__BootstrapServers: {{ required "kafka.bootstrapServers: where is Kafka, e.g. kafka:9092?" .root.Values.kafka.bootstrapServers | quote }}
Kafka__TopicPrefix: {{ .root.Values.kafka.topicPrefix | quote }}
Kafka__Partitions: {{ .root.Values.kafka.partitions | quote }}
Redis__Configuration: {{ required "redis.configuration: where is Redis, e.g. redis:6379?" .root.Values.redis.configuration | quote }}
Redis__KeyPrefix: {{ .root.Values.redis.keyPrefix | quote }}
{{- if .root.Values.secrets.apiKeys }}
Access__KeyFile: /keys/keys.json
{{- end }}
{{- range $name, $value := merge (dict) .values.options .root.Values.options }}
{{ $name }}: {{ $value | quote }}
{{- end }}
{{- end }}

{{/* Besides: env, mounts and volumes (lists in YAML), which may be missing. */}}
{{- define "rearm.pod" -}}
metadata:
  labels:
    {{- include "rearm.labels" . | nindent 4 }}
  annotations:
    # Changed settings restart the pods.
    checksum/settings: {{ include "rearm.settings" . | sha256sum }}
    prometheus.io/scrape: "true"
    prometheus.io/port: {{ .http | quote }}
    prometheus.io/path: /metrics
spec:
  # A service answers on for Endpoints__DrainDelay, until nobody sends it calls any more, and what runs then has 30 s to end.
  terminationGracePeriodSeconds: {{ add .root.Values.drainSeconds 35 }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  securityContext:
    runAsNonRoot: true
    runAsUser: 1654
    runAsGroup: 1654
    fsGroup: 1654
    fsGroupChangePolicy: OnRootMismatch
    seccompProfile: { type: RuntimeDefault }
  {{- with .root.Values.image.pullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  topologySpreadConstraints:
    - maxSkew: 1
      topologyKey: kubernetes.io/hostname
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "rearm.selector" . | nindent 10 }}
  containers:
    - name: {{ .name }}
      image: "{{ required "image.registry: where are the images?" .root.Values.image.registry }}/rearm-{{ .name }}:{{ .root.Values.image.tag | default .root.Chart.AppVersion }}"
      imagePullPolicy: {{ .root.Values.image.pullPolicy }}
      ports:
        - { name: grpc, containerPort: {{ .grpc }} }
        - { name: http, containerPort: {{ .http }} }
      envFrom:
        - configMapRef: { name: {{ include "rearm.fullname" . }} }
        {{- with .root.Values.secrets.environment }}
        - secretRef: { name: {{ . }} }
        {{- end }}
      env:
        # Its socket would need a writable folder.
        - { name: DOTNET_EnableDiagnostics, value: "0" }
        {{- with .env }}
        {{- . | nindent 8 }}
        {{- end }}
      livenessProbe:
        httpGet: { path: /healthz, port: http }
        initialDelaySeconds: 10
        periodSeconds: 10
        timeoutSeconds: 3
      readinessProbe:
        httpGet: { path: /readyz, port: http }
        periodSeconds: 5
        timeoutSeconds: 3
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities: { drop: [ALL] }
      resources:
        {{- toYaml .values.resources | nindent 8 }}
      volumeMounts:
        - { name: tmp, mountPath: /tmp }
        {{- with .mounts }}
        {{- . | nindent 8 }}
        {{- end }}
        {{- if .root.Values.secrets.apiKeys }}
        - { name: api-keys, mountPath: /keys, readOnly: true }
        {{- end }}
  volumes:
    - { name: tmp, emptyDir: {} }
    {{- with .volumes }}
    {{- . | nindent 4 }}
    {{- end }}
    {{- with .root.Values.secrets.apiKeys }}
    - { name: api-keys, secret: { secretName: {{ . }} } }
    {{- end }}
{{- end }}

{{/* A Deployment, and what scales it. */}}
{{- define "rearm.deployment" -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  {{- include "rearm.metadata" . | nindent 2 }}
spec:
  {{- if not .values.autoscaling.enabled }}
  replicas: {{ .values.replicas }}
  {{- end }}
  strategy:
    rollingUpdate: { maxUnavailable: 0, maxSurge: 1 }
  selector:
    matchLabels:
      {{- include "rearm.selector" . | nindent 6 }}
  template:
    {{- include "rearm.pod" . | nindent 4 }}
{{- if .values.autoscaling.enabled }}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  {{- include "rearm.metadata" . | nindent 2 }}
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: {{ include "rearm.fullname" . }} }
  minReplicas: {{ .values.autoscaling.minReplicas }}
  maxReplicas: {{ .values.autoscaling.maxReplicas }}
  metrics:
    - type: Resource
      resource: { name: cpu, target: { type: Utilization, averageUtilization: {{ .values.autoscaling.cpuPercent }} } }
{{- end }}
{{- end }}

{{/* The spec of a volume claim. */}}
{{- define "rearm.claim" -}}
accessModes: [{{ .values.storage.accessMode }}]
{{- with .values.storage.className }}
storageClassName: {{ . }}
{{- end }}
resources: { requests: { storage: {{ .values.storage.size }} } }
{{- end }}
