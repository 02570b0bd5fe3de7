using System.Globalization;

namespace Ambianic.Server.Api;

/// <summary>Says in the description of the API what each answer of a call means.</summary>
internal static class AnswerDescriptions
{
    private static readonly (int Status, string Text)[] OfEveryCall =
    [
        (StatusCodes.Status401Unauthorized, "There is no log-in or token, or it is over"),
        (StatusCodes.Status403Forbidden, "The role of the caller is not enough, or a page of another site has called"),
        (StatusCodes.Status503ServiceUnavailable, "The disk or the database fails; detail says what to do"),
    ];

    /// <summary>Describes the answers of a call, and adds those that every call may give.</summary>
    public static RouteHandlerBuilder WithAnswers(this RouteHandlerBuilder route, params (int Status, string Text)[] answers)
    {
        foreach (var (status, _) in answers.Where(answer => answer.Status >= StatusCodes.Status400BadRequest).Concat(OfEveryCall))
        {
            route.ProducesProblem(status);
        }

        return route.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            foreach (var (status, text) in answers.Concat(OfEveryCall))
            {
                if (operation.Responses?.TryGetValue(status.ToString(CultureInfo.InvariantCulture), out var response) == true)
                {
                    response.Description = text;
                }
            }

            return Task.CompletedTask;
        });
    }
}
