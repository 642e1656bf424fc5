using Rearm.Streaming.Hosting;
using Rearm.Streaming.Ingestor;

return await IngestorHost.Build(args).RunServiceAsync();
