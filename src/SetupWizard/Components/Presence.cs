using Microsoft.AspNetCore.Components.Server.Circuits;

namespace SetupWizard.Components;

/// <summary>Whether this circuit's browser is there. A circuit outlives its browser by minutes; what must end with the browser asks here.</summary>
public sealed class Presence : CircuitHandler
{
    public event Action<bool>? Changed;

    public override Task OnConnectionUpAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        Changed?.Invoke(true);
        return Task.CompletedTask;
    }

    public override Task OnConnectionDownAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        Changed?.Invoke(false);
        return Task.CompletedTask;
    }
}
