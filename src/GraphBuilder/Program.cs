using Rearm.Streaming.GraphBuilder;
using Rearm.Streaming.ServiceDefaults;

// Kafka -> interactions, co-occurrence and interest graphs -> snapshots and live state in Redis.
return await GraphBuilderHost.Build(args).RunServiceAsync();
