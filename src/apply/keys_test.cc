// KMS-RESOLVE: a key that is stated by a name is compared by what KMS says that it stands for.
#include <gmock/gmock.h>

#include "apply/keys.h"
#include "model/kinds/compare.h"
#include "support/in_process_rds.h"

namespace rdsteady::apply {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string Database(const std::string& name, const std::string& key) {
  return "  " + name +
         ":\n    Engine: postgres\n    DBInstanceClass: db.m6g.large\n    AllocatedStorage: 20\n"
         "    MasterUsername: orders_admin\n    MasterUserPassword: {env: PW}\n    StorageEncrypted: true\n"
         "    KmsKeyId: " +
         key + "\n";
}
const std::string kOrders = "DBInstance:\n" + Database("orders", "alias/orders");

Error Denied() {
  return {.category = ErrorCategory::kService,
          .message = "User: u is not authorized to perform: kms:DescribeKey.",
          .operation = "DescribeKey",
          .aws_code = "AccessDeniedException",
          .http_status = 400};
}

const ResourceOutcome& OnlyOne(const Result<ApplyOutcome>& outcome) {
  static const ResourceOutcome kNone;
  EXPECT_TRUE(outcome) << Describe(outcome.error());
  return outcome ? outcome->resources.front() : kNone;
}

TEST(Keys, AnAliasIsAskedForOnceThereIsSomethingToCompareItWith) {
  World world;
  const auto created = world.Apply(kOrders);
  EXPECT_EQ(OnlyOne(created).result, ResourceResult::kCreated);
  EXPECT_THAT(OnlyOne(created).notes, IsEmpty());
  EXPECT_THAT(world.kms.asked, IsEmpty()) << "a new database has no key";
  world.rds.ForgetCalls();
  const auto again = world.Apply(kOrders);
  EXPECT_EQ(OnlyOne(again).result, ResourceResult::kUnchanged);
  EXPECT_THAT(OnlyOne(again).notes, IsEmpty());
  EXPECT_THAT(world.rds.MutatingCalls(), IsEmpty());
  EXPECT_THAT(world.kms.asked, ElementsAre("alias/orders"));
}

TEST(Keys, ANameIsAskedForOnceHoweverManyStateIt) {
  World world;
  const std::string three = kOrders + Database("payments", "alias/orders") + Database("stock", "alias/stock");
  ASSERT_TRUE(world.Apply(three));
  ASSERT_TRUE(world.Apply(three));
  EXPECT_THAT(world.kms.asked, ElementsAre("alias/orders", "alias/stock"));
}

TEST(Keys, AnAliasOfAnotherKeyIsRefusedAndBothAreNamed) {
  World world;
  ASSERT_TRUE(world.Apply(kOrders + Database("stock", "alias/stock")));
  world.rds.ForgetCalls();
  const auto other = world.Apply("DBInstance:\n" + Database("orders", "alias/stock"));
  EXPECT_EQ(OnlyOne(other).result, ResourceResult::kRefused);
  const std::string live = model::ReadPath(world.Live("DBInstance", "orders"), "KmsKeyId").As<std::string>();
  const std::string meant = model::ReadPath(world.Live("DBInstance", "stock"), "KmsKeyId").As<std::string>();
  EXPECT_EQ(OnlyOne(other).errors.front().message,
            "KmsKeyId is " + live + " and cannot become alias/stock (" + meant + "): RDS sets it at creation only");
  EXPECT_THAT(world.rds.MutatingCalls(), IsEmpty());
}

TEST(Keys, AnAliasThatIsNotThereIsRefusedBeforeAnyCall) {
  World world;
  ASSERT_TRUE(world.Apply(kOrders));
  world.rds.ForgetCalls();
  std::string more = "DBInstance:\n" + Database("orders", "alias/nobody");
  more.replace(more.find("Storage: 20"), 11, "Storage: 40");
  const auto refused = world.Apply(more, {.plan = {.when = plan::When::kNow}});
  EXPECT_EQ(OnlyOne(refused).result, ResourceResult::kRefused);
  EXPECT_EQ(OnlyOne(refused).errors.front().message,
            "KmsKeyId is alias/nobody, and KMS knows no such key: NotFoundException: Alias "
            "arn:aws:kms:us-east-1:123456789012:alias/nobody is not found");
  EXPECT_THAT(OnlyOne(refused).errors.front().hint, HasSubstr("correct the name; the live key is arn:aws:kms:"));
  EXPECT_THAT(world.rds.MutatingCalls(), IsEmpty());
}

TEST(Keys, WhatKmsDoesNotTellIsTakenAsEqualWithAWarning) {
  World world;
  ASSERT_TRUE(world.Apply(kOrders));
  world.rds.ForgetCalls();
  world.kms.refusal = Denied();
  const auto again = world.Apply(kOrders);
  EXPECT_EQ(OnlyOne(again).result, ResourceResult::kUnchanged);
  const std::string live = model::ReadPath(world.Live("DBInstance", "orders"), "KmsKeyId").As<std::string>();
  EXPECT_THAT(OnlyOne(again).notes,
              ElementsAre("KmsKeyId: alias/orders could not be resolved and is taken to mean the live key " + live +
                          ": AccessDeniedException: User: u is not authorized to perform: kms:DescribeKey"));
  EXPECT_THAT(world.rds.MutatingCalls(), IsEmpty());
}

TEST(Keys, AnInterruptedQuestionEndsTheRun) {
  World world;
  ASSERT_TRUE(world.Apply(kOrders));
  world.kms.refusal = Error{.category = ErrorCategory::kInterrupted, .message = "interrupted"};
  const auto plan = world.Plan(kOrders);
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().category, ErrorCategory::kInterrupted);
}

// A run that changes something else reads and compares again: with what KMS said at its beginning.
TEST(Keys, TheAnswerHoldsForTheWholeRun) {
  World world;
  ASSERT_TRUE(world.Apply(kOrders));
  std::string more = kOrders;
  more.replace(more.find("Storage: 20"), 11, "Storage: 40");
  const auto grown = world.Apply(more, {.plan = {.when = plan::When::kNow}});
  EXPECT_EQ(OnlyOne(grown).result, ResourceResult::kUpdated);
  EXPECT_THAT(OnlyOne(grown).notes, IsEmpty());
  EXPECT_THAT(world.kms.asked, ElementsAre("alias/orders"));
}

}  // namespace
}  // namespace rdsteady::apply
