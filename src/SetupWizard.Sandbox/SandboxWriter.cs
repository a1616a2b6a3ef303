using Npgsql;

namespace SetupWizard.Sandbox;

/// <summary>The imaginary application: about three changes a second, so that there is something to replicate.</summary>
internal sealed class SandboxWriter : IAsyncDisposable
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(330);

    private static readonly string[] s_changes =
    [
        """
        WITH placed AS (
            INSERT INTO public.orders (customer_id, total)
            SELECT 1 + floor(random() * 200)::int, round((random() * 200)::numeric, 2)
            RETURNING id)
        INSERT INTO public.order_items (order_id, line, product_id, quantity, unit_price)
        SELECT id, line, 1 + floor(random() * 100)::int, line, 9.99 FROM placed, generate_series(1, 2) AS line
        """,
        "INSERT INTO public.events (kind, payload) VALUES ('view', jsonb_build_object('seconds', round((random() * 60)::numeric, 1)))",
        "UPDATE public.orders SET status = 'sent', updated_at = now() WHERE id = (SELECT 1 + floor(random() * 400)::int)",
        "INSERT INTO public.audit_log (actor, action) VALUES ('shop_app', 'tick')",
    ];

    private readonly BackgroundLoop _loop;
    private long _written;

    private SandboxWriter(string connectionString, TimeProvider time) =>
        _loop = BackgroundLoop.Start(
            async cancellationToken =>
            {
                var connection = new NpgsqlConnection(connectionString);
                await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
                return connection;
            },
            async (connection, cancellationToken) =>
            {
                while (true)
                {
                    await SandboxConnections.ExecuteAsync(connection, s_changes[Interlocked.Read(ref _written) % s_changes.Length], cancellationToken).ConfigureAwait(false);
                    Interlocked.Increment(ref _written);
                    await Task.Delay(s_pause, time, cancellationToken).ConfigureAwait(false);
                }
            },
            time);

    /// <summary>How many changes were committed so far.</summary>
    public long Written => Interlocked.Read(ref _written);

    /// <summary>Starts to write.</summary>
    public static SandboxWriter Start(string connectionString, TimeProvider time) => new(connectionString, time);

    /// <summary>Stops to write.</summary>
    public ValueTask DisposeAsync() => _loop.DisposeAsync();
}
