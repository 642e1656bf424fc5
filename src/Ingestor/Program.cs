using Rearm.Streaming.Ingestor;
using Rearm.Streaming.ServiceDefaults;

return await IngestorHost.Build(args).RunServiceAsync();
