using Rearm.Streaming.ServiceDefaults;
using Rearm.Streaming.Ingestor;

return await IngestorHost.Build(args).RunServiceAsync();
